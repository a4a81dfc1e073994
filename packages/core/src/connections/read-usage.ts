import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { rateWindows } from "../rate-limits/rate-window.ts";
import { readConnection } from "./connection.ts";

/** The calls of one UTC hour. */
export interface UsedHour {
  /** Its beginning. */
  startsAt: Date;
  calls: number;
  /** Answered with 400 to 499. */
  refused: number;
  /** Answered with 500 or more. */
  failed: number;
}

/** What a connection has used of its limit, and how much it called lately. */
export interface ConnectionUsage {
  limitPerHour: number;
  /** While calls come in up to a sixteenth of what is left, 64 at most, too high for each server: these are set aside. */
  used: number;
  remaining: number;
  resetsAt: Date;
  /** The last 24, the present one included, oldest first; about a second late. */
  hours: UsedHour[];
}

const HOURS = 24;

/**
 * How much of its hour a connection's keys have used. What people do through an app, and reading the feed of events,
 * is counted apart and not in `used`; `hours` has all of it.
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
    const present = rows.at(-1)!;
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
