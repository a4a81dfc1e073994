import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import { networkOf } from "./sign-in-throttle.ts";

/** How many links for new passwords may be asked for within an hour. */
const AN_HOUR = { network: 30, email: 3, person: 3 } as const;

/**
 * Counts one wish for a new password, in an hour that begins with the first. Kept beside the failed sign-ins, whose
 * keys begin differently, and forgotten with them.
 *
 * @param who an address of the network, an e-mail address or a person's id; null is one network
 * @returns 0, or how many seconds to wait: nothing was counted then
 */
export async function chargeReset(
  db: PoolClient,
  of: keyof typeof AN_HOUR,
  who: string | null,
): Promise<number> {
  const name = of === "network" ? networkOf(who ?? "unknown") : (who ?? "").toLowerCase();
  const key = `reset ${of}:${createHash("sha256").update(name).digest("hex")}`;
  const { rowCount } = await db.query({
    name: "charge_reset",
    text: charge,
    values: [key, AN_HOUR[of]],
  });
  if (rowCount !== 0) return 0;
  const { rows } = await db.query<{ seconds: number }>(
    `select ceil(extract(epoch from updated_at + interval '1 hour' - clock_timestamp()))::int as seconds
     from sign_in_throttles where key = $1`,
    [key],
  );
  return Math.max(1, rows[0]?.seconds ?? 1);
}

const isOver = "t.updated_at < clock_timestamp() - interval '1 hour'";

/** One row when it may go on, none where the hour is used up. */
const charge = `
  insert into sign_in_throttles as t (key, failures, updated_at) values ($1, 1, clock_timestamp())
  on conflict (key) do update set
    failures = case when ${isOver} then 1 else t.failures + 1 end,
    updated_at = case when ${isOver} then clock_timestamp() else t.updated_at end
  where t.failures < $2 or ${isOver}
  returning key`;
