import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";
import { callOperation } from "./call.ts";
import { unlessSettled } from "./settled.ts";

/** Withdraws a pending request. Doing it again finds it done. */
export const cancelRequest: Perform = async (z, bundle, { sayso, declared }) => {
  const input = readInput(z, declared.fields, bundle.inputData);
  const { id } = input as { id: string };
  const cancelled = await callOperation(sayso, declared, input).catch((refusal: unknown) =>
    unlessSettled(sayso, { id, wanted: "cancelled", refusal }),
  );
  return toFlat(declared.outputs, cancelled);
};
