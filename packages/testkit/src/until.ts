import { setTimeout as sleep } from "node:timers/promises";
import { HANG_MS } from "./hang.ts";

/** Asks again every 20 ms until the answer is true. Rejects with `what` when it hangs ({@link HANG_MS}). */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + HANG_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not within ${HANG_MS} ms: ${what}`);
    await sleep(20);
  }
}
