import type { CreateApprovalInput } from "@sayso/client";
import type { Perform } from "../perform.ts";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import { askOnce } from "./ask-once.ts";

/** Longer than the time after which Zapier first repeats a failed step. */
const SAME_ENTRY_MS = 10 * 60_000;

/** Adds a log entry for people to read. The same words again within ten minutes give the same entry. */
export const logActivity: Perform = async (z, bundle, { sayso, declared }) =>
  toFlat(
    declared.outputs,
    await askOnce(z, bundle, sayso, {
      input: {
        ...readInput<CreateApprovalInput>(z, declared.fields, bundle.inputData),
        is_log: true,
      },
      isSame: ({ created_at: createdAt }) => Date.now() - Date.parse(createdAt) < SAME_ENTRY_MS,
    }),
  );
