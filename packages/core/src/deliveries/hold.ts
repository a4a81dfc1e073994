import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/** Why, and since when, nothing is sent: no callback, nothing to subscriptions, no mail. */
export interface DeliveryHold {
  /** `restore`: the database was restored from a backup; `operator`: somebody held it by hand. */
  reason: "restore" | "operator";
  since: Date;
}

/** Null: deliveries go out. */
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
 * Holds everything that would be sent: what is claimed from now on, and what a process would send without a claim within a
 * few seconds. What is under way at this moment ends.
 */
export async function holdDeliveries({ system }: SystemPool): Promise<void> {
  await withRetries(() =>
    system.query("insert into delivery_hold (reason) values ('operator') on conflict do nothing"),
  );
}

/**
 * Lets out what is held: all of it is due again by its own times.
 *
 * @returns false: nothing was held
 */
export async function releaseDeliveries({ system }: SystemPool): Promise<boolean> {
  const { rowCount } = await withRetries(() => system.query("delete from delivery_hold"));
  return rowCount === 1;
}

/** How many callbacks, deliveries to subscriptions and mails wait to be sent. */
export async function countUnsent({ system }: SystemPool): Promise<number> {
  const { rows } = await withRetries(() =>
    system.query<{ unsent: number }>(
      `select (select count(*) from deliveries where status = 'pending')
         + (select count(*) from mails where sent_at is null and failed_at is null and expires_at > now()) as unsent`,
    ),
  );
  return rows[0]!.unsent;
}
