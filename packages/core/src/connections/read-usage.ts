import { lastItem } from "../lists/last-item.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { rateWindows } from "../rate-limits/rate-window.ts";
import { readConnection } from "./connection.ts";

/** The calls of one UTC hour. */
export interface UsedHour {
  /** The hour's beginning. */
  startsAt: Date;
  calls: number;
  /** Calls that were answered with 400 to 499. */
  refused: number;
  /** Calls that were answered with 500 or more. */
  failed: number;
}

/** The part of its limit that a connection has used, and its recent calls. */
export interface ConnectionUsage {
  limitPerHour: number;
  /**
   * The requests of this hour. While calls come in, each server holds some in advance, which count as used: up to a
   * sixteenth of the remaining ones, 64 at most.
   */
  used: number;
  remaining: number;
  resetsAt: Date;
  /** The last 24 hours, the present one included, oldest first. About a second late. */
  hours: UsedHour[];
}

const HOURS = 24;

/**
 * Returns how much of its hour a connection's keys have used. Calls of people through an app, and calls that read the
 * feed, are counted apart and not in `used`; `hours` includes them.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`
 */
export function readConnectionUsage(
  context: Context<InOrganization>,
  connectionId: string,
): Promise<ConnectionUsage> {
  requireAdmin(context.actor, "see a connection's usage");
  return inOrganization(context, async (db) => {
    const { rateLimitPerHour: limitPerHour } = await readConnection(db, connectionId);
    const { rows } = await db.query<UsedHour & { used: number | null }>(
      `select h.starts_at as "startsAt", coalesce(c.calls, 0) as calls, coalesce(c.refused, 0) as refused,
         coalesce(c.failed, 0) as failed, w.used
       from generate_series(date_trunc('hour', now(), 'UTC') - make_interval(hours => ${HOURS - 1}),
                            date_trunc('hour', now(), 'UTC'), interval '1 hour') as h (starts_at)
       left join api_call_hours c on c.connection_id = $1 and c.hour = h.starts_at
       left join rate_windows w on w.bucket_id = $1 and w.window_seconds = $2 and w.window_start = h.starts_at
       order by h.starts_at`,
      [connectionId, rateWindows.hour],
    );
    const present = lastItem(rows);
    const used = Math.min(present.used ?? 0, limitPerHour);
    return {
      limitPerHour,
      used,
      remaining: limitPerHour - used,
      resetsAt: new Date(present.startsAt.getTime() + rateWindows.hour * 1000),
      hours: rows.map(({ startsAt, calls, refused, failed }) => ({
        startsAt,
        calls,
        refused,
        failed,
      })),
    };
  });
}
