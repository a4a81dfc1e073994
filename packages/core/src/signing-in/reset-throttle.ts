import { createHash } from "node:crypto";
import type { Transaction } from "../transactions/transaction.ts";
import { networkOf } from "./sign-in-throttle.ts";

/** The number of links for new passwords that can be asked for within an hour. */
const AN_HOUR = { network: 30, email: 3, person: 3 } as const;

/**
 * Counts one request for a new password, in an hour that begins with the first. The counts are kept in the table of the
 * failed sign-ins, whose keys begin differently, and are deleted with them.
 *
 * @param who an address of the network, an e-mail address or a person's id; all unknown addresses (null) are one
 *   network
 * @returns 0, or the number of seconds to wait; then nothing was counted
 */
export async function chargeReset(
  db: Transaction,
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

/** Returns one row when the request can go on, none where the hour is used up. */
const charge = `
  insert into sign_in_throttles as t (key, failures, updated_at) values ($1, 1, clock_timestamp())
  on conflict (key) do update set
    failures = case when ${isOver} then 1 else t.failures + 1 end,
    updated_at = case when ${isOver} then clock_timestamp() else t.updated_at end
  where t.failures < $2 or ${isOver}
  returning key`;
