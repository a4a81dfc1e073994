import type { Bundle, ZObject } from "zapier-platform-core";
import { keep, keyOf, recall } from "../memory.ts";
import type { FlatItem } from "../output.ts";
import { digestOf } from "../zap.ts";

/** Behind Zapier's first repetition of a step that failed. */
const SAME_SECONDS = 600;

/**
 * Does what the API has no idempotency key for. What this Zap did in exactly the same words within the last ten minutes
 * isn't done again, as far as Zapier's cache remembers it and as long as the Zap said nothing else about the same thing
 * in between: 5, 7 and again 5 are three updates.
 */
export async function doOnce(
  z: ZObject,
  bundle: Bundle,
  { action, act }: { action: string; act: () => Promise<FlatItem> },
): Promise<FlatItem> {
  const { id } = bundle.inputData as { id?: unknown };
  const words = digestOf(z, bundle.inputData);
  const key = keyOf(z, bundle, "done", action, id ? digestOf(z, id) : words);
  const kept = (await recall(z, key)) as { at: number; words: string; done: FlatItem } | null;
  const isSame = kept?.words === words && Date.now() - kept.at < SAME_SECONDS * 1000;
  if (isSame) return kept.done;
  const done = await act();
  await keep(z, key, { at: Date.now(), words, done }, SAME_SECONDS);
  return done;
}
