import { setTimeout as sleep } from "node:timers/promises";

/** Asks again every 20 ms until the answer is true. Rejects with `what` when it isn't true within `ms`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  ms = 30_000,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`);
    await sleep(20);
  }
}
