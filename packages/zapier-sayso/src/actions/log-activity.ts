import type { Perform } from "../perform.ts";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import { askOnce } from "./ask-once.ts";

/** Behind Zapier's first repetition of a step that failed. */
const SAME_ENTRY_MS = 10 * 60_000;

/** Tells people what happened. The same words again within ten minutes are the same entry. */
export const logActivity: Perform = async (z, bundle, { sayso, declared }) =>
  toFlat(
    declared.outputs,
    await askOnce(z, bundle, sayso, {
      input: { ...readInput(z, declared.fields, bundle.inputData), is_log: true },
      isSame: ({ created_at: createdAt }) => Date.now() - Date.parse(createdAt) < SAME_ENTRY_MS,
    }),
  );
