import { isAdmin } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";

export const REPLAYED_MAX = 1000;

/**
 * Sends again every delivery made since a time whose schedule is exhausted, oldest first, each under its own
 * webhook-id. Deliveries that were answered with 410 (gone) stay as they are. So do those of subscriptions that have
 * ended, and calls of appliers, for which `retryChange` exists.
 *
 * @param limit 1–1,000; call again while as many came back
 * @returns the number of deliveries that are sent again
 * @throws DomainError `forbidden`: only an admin may, or a connection for its own callbacks
 */
export async function replayFailed(
  context: Context<InOrganization & NewIds>,
  since: Date,
  limit: number = REPLAYED_MAX,
): Promise<number> {
  const { actor } = context;
  if (actor.kind === "person" && !isAdmin(actor)) {
    throw new DomainError("forbidden", "Only an admin may send callbacks again");
  }
  return inOrganization(context, async (db) => {
    const { rowCount } = await db.query(
      `update deliveries set status = 'pending', attempts = 0, next_attempt_at = now()
       where id in (select id from deliveries
                    where organization_id = $4 and status = 'failed' and entity_type_id is null and created_at >= $1 and ($2::uuid is null or connection_id = $2)
                      and not exists (select from subscriptions s where s.id = subscription_id
                                      and (s.disabled_at is not null or s.deleted_at is not null))
                    order by created_at, id limit $3 for update skip locked)`,
      [
        since,
        actor.kind === "connection" ? actor.connectionId : null,
        Math.min(limit, REPLAYED_MAX),
        context.organizationId,
      ],
    );
    if (!rowCount) return 0;
    db.noteWork();
    await recordEvent(db, context, "delivery.replayed", { since, count: rowCount });
    return rowCount;
  });
}
