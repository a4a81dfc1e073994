import type { Perform } from "../perform.ts";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import { askOnce } from "./ask-once.ts";

/** Asks people and goes on at once. What this Zap asks for already, and nobody has decided, isn't asked again. */
export const createRequest: Perform = async (z, bundle, { sayso, declared }) =>
  toFlat(
    declared.outputs,
    await askOnce(z, bundle, sayso, {
      input: readInput(z, declared.fields, bundle.inputData),
      isSame: ({ status }) => status === "pending",
    }),
  );
