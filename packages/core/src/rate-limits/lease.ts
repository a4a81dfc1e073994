import { onlyRow } from "@sayso/database";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { rateWindows, type RateWindow } from "./rate-window.ts";

/** The requests that the database granted out of a bucket's window. */
export interface Lease {
  granted: number;
  /** The requests that nobody has leased yet. */
  remaining: number;
  /** The end of the window, by the database's clock. */
  resetsAt: Date;
  observedAt: Date;
}

/**
 * Takes up to `want` requests out of the bucket's current UTC hour or minute.
 *
 * @throws DomainError `unavailable`
 */
export async function leaseRate(
  { system }: SystemPool,
  bucket: { organizationId: string; bucketId: string; limit: number; window: RateWindow },
  want: number,
): Promise<Lease> {
  const { rows } = await withRetries(() =>
    system.query<Lease>({
      name: "lease_rate",
      text: `select granted, remaining, resets_at as "resetsAt", observed_at as "observedAt"
             from lease_rate($1, $2, $3, $4, $5)`,
      values: [
        bucket.organizationId,
        bucket.bucketId,
        bucket.limit,
        want,
        rateWindows[bucket.window],
      ],
    }),
  );
  return onlyRow(rows);
}

/** Gives unused requests back to the window that they were leased from. Does nothing when that window is over. */
export async function returnRate(
  { system }: SystemPool,
  returned: {
    organizationId: string;
    bucketId: string;
    windowSeconds: number;
    resetsAt: Date;
    count: number;
  }[],
): Promise<void> {
  await system.query({
    name: "return_rate",
    text: `update rate_windows w set used = greatest(0, w.used - r.count)
           from unnest($1::uuid[], $2::timestamptz[], $3::int[], $4::int[], $5::uuid[])
             as r (bucket_id, resets_at, count, seconds, organization_id)
           where w.organization_id = r.organization_id and w.bucket_id = r.bucket_id and w.window_seconds = r.seconds
             and w.window_start = r.resets_at - make_interval(secs => r.seconds)`,
    values: [
      returned.map((r) => r.bucketId),
      returned.map((r) => r.resetsAt),
      returned.map((r) => r.count),
      returned.map((r) => r.windowSeconds),
      returned.map((r) => r.organizationId),
    ],
  });
}

/** Deletes the windows that ended long ago. Called now and then. */
export async function forgetPastRates({ system }: SystemPool): Promise<void> {
  await system.query("delete from rate_windows where window_start < now() - interval '2 hours'");
}
