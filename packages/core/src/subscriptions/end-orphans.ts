import type { AcrossOrganizations } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/**
 * Ends the subscriptions of connections, grants and people that are gone, with an event each. Nothing is sent to them
 * in the meantime either.
 *
 * @returns the number of subscriptions that were ended
 */
export async function endOrphanedSubscriptions(services: AcrossOrganizations): Promise<number> {
  const { rows } = await withRetries(() =>
    services.system.query<{ ended: number }>({
      name: "end_orphaned_subscriptions",
      text: `with orphans as materialized (
               select s.organization_id, s.id from subscriptions s
               cross join lateral subscription_owner(s.organization_id, s.id) owner
               where s.disabled_at is null and s.deleted_at is null and owner.standing = 'gone')
             select sum(count(*)) over () as ended, end_subscriptions(organization_id, array_agg(id), 'owner_gone')
             from orphans group by organization_id`,
    }),
  );
  const ended = rows[0]?.ended ?? 0;
  if (ended > 0) services.eventsWritten();
  return ended;
}
