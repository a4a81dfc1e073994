import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailDecidingEnded, type EndOfDeciding } from "./mail-deciding.ts";
import { readOwner } from "./read-owner.ts";

/** SQL: the assignments that end the votes of a row of `connections`. */
const decidesNoMore = `can_decide = false, can_decide_own = false, decides_for = null, decides_since = null,
  decides_by = null, decides_while_local = false`;

/**
 * Ends a connection's votes, in the caller's transaction; its keys go on asking. Records the event, and mails the owner
 * unless the owner ended them. Does nothing for a connection that doesn't vote.
 */
export async function stopDeciding(
  db: Transaction,
  context: Context<Mailing>,
  connectionId: string,
  reason: EndOfDeciding,
): Promise<void> {
  const { rows } = await db.query<{ ownerId: string }>(
    `update connections set ${decidesNoMore} where id = $1 and can_decide returning owner_id as "ownerId"`,
    [connectionId],
  );
  if (!rows[0]) return;
  await recordEvent(db, context, "connection.deciding_ended", {
    connection_id: connectionId,
    reason,
  });
  const { actor } = context;
  if (actor.kind === "person" && actor.personId === rows[0].ownerId) return;
  await mailDecidingEnded(db, context, { ...(await readOwner(db, connectionId)), reason });
}

/**
 * Ends the votes of all connections that a person owns, in one organization or in all. Called together with everything
 * else that ends what acts in their name. The transaction must see all organizations.
 */
export async function stopDecidingFor(
  db: Transaction,
  context: Context<Mailing>,
  of: { personId: string; organizationId?: string; reason: EndOfDeciding },
): Promise<void> {
  const { rows } = await db.query<{ id: string; organizationId: string }>(
    `select id, organization_id as "organizationId" from connections
     where owner_id = $1 and can_decide and ($2::uuid is null or organization_id = $2) order by id for no key update`,
    [of.personId, of.organizationId],
  );
  for (const { id, organizationId } of rows)
    await stopDeciding(db, { ...context, organizationId }, id, of.reason);
}
