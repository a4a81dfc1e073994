import { onlyRow } from "@sayso/database";
import type { Transaction } from "../transactions/transaction.ts";
import { referTo } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { requireEntityType } from "../entities/entity-type.ts";
import { DomainError, notFound } from "../errors.ts";
import { withMeans } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { readChanges, describeChange, type Change } from "./change.ts";

/**
 * Has the applier of an approved change called again at once. The call has the same webhook-id, and goes to the address
 * that the type has now. On failure the whole schedule of attempts begins anew.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`; `invalid_state`: the change waits for no applier, or
 *   its type has none any more
 */
export async function retryChange(context: Context<InOrganization>, id: string): Promise<Change> {
  requireAdmin(context.actor, "have a change applied again");
  return inOrganization(context, async (db) => {
    const unsettled = await lockUnsettled(db, id);
    const type = await requireEntityType(db, unsettled.entityType);
    const url = type.kind === "own" ? type.applierUrl : null;
    if (url === null)
      throw new DomainError(
        "invalid_state",
        `The type ${unsettled.entityType} no longer has an applier: set one, or abandon this change`,
      );
    await db.query("update changes set state = 'applying' where request_id = $1", [id]);
    await db.query(
      `update deliveries set status = 'pending', attempts = 0, next_attempt_at = now(), url = $2, origin = $3
       where request_id = $1 and entity_type_id is not null`,
      [id, url, new URL(url).origin],
    );
    db.noteWork();
    await recordChangeEvent(db, context, unsettled, "change.apply_retried");
    return onlyRow(await readChanges(db, [id]));
  });
}

/**
 * Gives up on the applier of an approved change: the entity stays as it was and can be changed again. An answer that
 * arrives later changes nothing any more.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`; `invalid_state`: the change waits for no applier
 */
export function abandonChange(context: Context<InOrganization>, id: string): Promise<Change> {
  requireAdmin(context.actor, "abandon a change");
  return inOrganization(context, async (db) => {
    const unsettled = await lockUnsettled(db, id);
    await db.query("update changes set state = 'abandoned' where request_id = $1", [id]);
    await db.query(
      "update deliveries set status = 'gone' where request_id = $1 and entity_type_id is not null",
      [id],
    );
    await db.query(
      `update entities set applying_request_id = null
       where organization_id = $1 and entity_type = $2 and entity_id = $3 and applying_request_id = $4`,
      [context.organizationId, unsettled.entityType, unsettled.entityId, id],
    );
    await recordChangeEvent(db, context, unsettled, "change.abandoned");
    return onlyRow(await readChanges(db, [id]));
  });
}

/**
 * Locks a change that its applier has not applied. It locks the delivery first, in the same order as the code that
 * records an attempt.
 *
 * @throws DomainError `not_found`, `invalid_state`
 */
async function lockUnsettled(db: Transaction, id: string): Promise<Change> {
  await db.query(
    "select from deliveries where request_id = $1 and entity_type_id is not null for update",
    [id],
  );
  await db.query("select from changes where request_id = $1 for update", [id]);
  const [change] = await readChanges(db, [id]);
  if (!change) throw notFound("Change");
  if (change.state === "applying" || change.state === "failed") return change;
  throw new DomainError(
    "invalid_state",
    `There is no applier to call: this change is ${change.state}`,
    {
      details: { apply_status: change.state },
    },
  );
}

async function recordChangeEvent(
  db: Transaction,
  { actor }: Context,
  change: Change,
  type: string,
): Promise<void> {
  const by = referTo(actor);
  db.noteEvents();
  await db.query("select append_request_event(current_organization_id(), $1, $2, $3, $4, $5)", [
    change.id,
    type,
    by.kind,
    by.id,
    withMeans(actor, describeChange(change)),
  ]);
}
