import { onlyRow } from "@sayso/database";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/** The reason why nothing is sent, and the time since when: no callback, no webhook, no mail. */
export interface DeliveryHold {
  /** `restore`: the database was restored from a backup. `operator`: a person held deliveries by hand. */
  reason: "restore" | "operator";
  since: Date;
}

/** Returns the hold on deliveries. Null: deliveries are sent. */
export async function readDeliveryHold({ system }: SystemPool): Promise<DeliveryHold | null> {
  const { rows } = await withRetries(() =>
    system.query<DeliveryHold>({
      name: "read_delivery_hold",
      text: "select reason, held_since as since from delivery_hold",
    }),
  );
  return rows[0] ?? null;
}

/**
 * Holds all callbacks, webhooks and mails. It holds claims from now on, and within a few seconds the deliveries that a
 * process would send without claiming them. Attempts that are under way now end as usual.
 */
export async function holdDeliveries({ system }: SystemPool): Promise<void> {
  await withRetries(() =>
    system.query("insert into delivery_hold (reason) values ('operator') on conflict do nothing"),
  );
}

/**
 * Releases all held deliveries and mails: each is due again at its own time.
 *
 * @returns false: nothing was held
 */
export async function releaseDeliveries({ system }: SystemPool): Promise<boolean> {
  const { rowCount } = await withRetries(() => system.query("delete from delivery_hold"));
  return rowCount === 1;
}

/** Counts the callbacks, webhooks and mails that wait to be sent. */
export async function countUnsent({ system }: SystemPool): Promise<number> {
  const { rows } = await withRetries(() =>
    system.query<{ unsent: number }>(
      `select (select count(*) from deliveries where status = 'pending')
         + (select count(*) from mails where sent_at is null and failed_at is null and expires_at > now()) as unsent`,
    ),
  );
  return onlyRow(rows).unsent;
}
