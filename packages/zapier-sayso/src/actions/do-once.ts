import type { Bundle, ZObject } from "zapier-platform-core";
import { keep, keyOf, recall } from "../memory.ts";
import type { FlatItem } from "../output.ts";
import { digestOf } from "../zap.ts";

/** Behind Zapier's first repetition of a step that failed. */
const SAME_SECONDS = 600;

/**
 * Does what the API has no idempotency key for. What this Zap did in exactly the same words within the last ten minutes
 * isn't done again, as far as Zapier's cache remembers it.
 */
export async function doOnce(
  z: ZObject,
  bundle: Bundle,
  { action, act }: { action: string; act: () => Promise<FlatItem> },
): Promise<FlatItem> {
  const key = keyOf(z, bundle, "done", action, digestOf(z, bundle.inputData));
  const kept = (await recall(z, key)) as { at: number; done: FlatItem } | null;
  if (kept && Date.now() - kept.at < SAME_SECONDS * 1000) return kept.done;
  const done = await act();
  await keep(z, key, { at: Date.now(), done }, SAME_SECONDS);
  return done;
}
