import type { Transaction } from "../transactions/transaction.ts";
import { referTo } from "../actors/actor.ts";
import { storeTransitions, toWrite, type TransitionWrite } from "../approvals/commit.ts";
import { readRequests } from "../approvals/load.ts";
import type { NewIds } from "../capabilities.ts";
import type { Context } from "../context.ts";
import { judge } from "../state-machine/machine.ts";
import type { VoidReason } from "../state-machine/void-votes.ts";

/** The number of requests that are read, judged and written together. */
const BATCH_SIZE = 50;

/**
 * Voids a person's votes on pending requests, in the caller's transaction: those that they cast and those that their
 * connections cast in their name. Decided requests stay as they are. Works in batches of 50 requests, with three
 * statements each, so that none is long.
 *
 * From here to the end of the transaction no vote of the person commits. A vote under way either committed before, and is
 * voided here, or is judged again afterwards by the rights that the person then has. So call it in the transaction that
 * takes these rights.
 *
 * @param of.organizationId absent: in every organization of the person
 */
export async function voidVotesOf(
  db: Transaction,
  context: Context<NewIds>,
  of: { personId: string; organizationId?: string; reason: VoidReason },
): Promise<void> {
  const { personId, reason } = of;
  const organizationIds =
    of.organizationId === undefined ? await organizationsOf(db, personId) : [of.organizationId];
  for (const organizationId of organizationIds)
    await voidIn(db, { ...context, organizationId }, personId, reason);
}

async function organizationsOf(db: Transaction, personId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select organization_id as id from memberships where person_id = $1 order by organization_id",
    [personId],
  );
  return rows.map(({ id }) => id);
}

async function voidIn(
  db: Transaction,
  context: Context<NewIds>,
  personId: string,
  reason: VoidReason,
): Promise<void> {
  const { organizationId } = context;
  await db.query("select pg_advisory_xact_lock(voter_lock($1, $2))", [organizationId, personId]);
  // A separate statement, whose snapshot is younger than the lock.
  const { rows } = await db.query<{ id: string }>(
    `select r.id from requests r
     where r.organization_id = $1 and r.status = 'pending' and exists (
       select from votes v where v.organization_id = $1 and v.person_id = $2 and v.request_id = r.id and v.voided_at is null)
     order by r.id`,
    [organizationId, personId],
  );
  const ids = rows.map(({ id }) => id);
  for (let from = 0; from < ids.length; from += BATCH_SIZE)
    await voidOn(db, context, ids.slice(from, from + BATCH_SIZE), personId, reason);
  if (ids.length > 0) db.noteEvents();
}

async function voidOn(
  db: Transaction,
  { services, organizationId, actor }: Context<NewIds>,
  ids: readonly string[],
  personId: string,
  reason: VoidReason,
): Promise<void> {
  // Locked in the order in which commit_transitions locks them, so that neither waits for the other in a circle.
  await db.query(
    "select from requests where organization_id = $1 and id = any ($2) order by id for no key update",
    [organizationId, ids],
  );
  const loaded = await readRequests(
    db,
    organizationId,
    ids.map((id) => ({ id, personId: null })),
  );
  const command = { kind: "void_votes", personId, reason } as const;
  const writes = loaded.flatMap((request): TransitionWrite[] => {
    const { transition } = request ? judge(request.state, command, request.now) : {};
    return request && transition
      ? [toWrite(request, command, transition, referTo(actor), null, services.newId)]
      : [];
  });
  const { committed } = await storeTransitions(db, organizationId, writes);
  if (committed.length !== writes.length)
    throw new Error("A locked request changed while its votes were voided.");
}
