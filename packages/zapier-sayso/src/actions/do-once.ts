import type { Bundle, ZObject } from "zapier-platform-core";
import { keep, keyOf, recall } from "../memory.ts";
import type { FlatItem } from "../output.ts";
import { digestOf } from "../zap.ts";

/** Longer than the time after which Zapier first repeats a failed step. */
const SAME_SECONDS = 600;

/** The memory of an operation that ran. */
interface Done {
  at: number;
  words: string;
  done: FlatItem;
}

/**
 * Runs an operation for which the API has no idempotency key. Does nothing if this Zap did it in exactly the same words
 * within the last ten minutes, as far as Zapier's cache remembers, and did nothing else to the same object in between:
 * 5, 7 and again 5 are three updates.
 */
export async function doOnce(
  z: ZObject,
  bundle: Bundle,
  { action, act }: { action: string; act: () => Promise<FlatItem> },
): Promise<FlatItem> {
  const { id } = bundle.inputData;
  const words = digestOf(z, bundle.inputData);
  const key = keyOf(z, bundle, "done", action, id ? digestOf(z, id) : words);
  const kept = await recall<Done>(z, key);
  const isSame = kept?.words === words && Date.now() - kept.at < SAME_SECONDS * 1000;
  if (isSame) return kept.done;
  const done = await act();
  await keep(z, key, { at: Date.now(), words, done } satisfies Done, SAME_SECONDS);
  return done;
}
