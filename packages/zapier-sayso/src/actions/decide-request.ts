import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";
import { callOperation } from "./call.ts";
import { unlessSettled } from "./settled.ts";

const statuses = { approve: "approved", reject: "rejected" } as const;

/** Approves or rejects, where the connected person may. Doing it again finds it done. */
export const decideRequest: Perform = async (z, bundle, { sayso, declared }) => {
  const input = readInput(z, declared.fields, bundle.inputData);
  const { id, decision } = input as { id: string; decision: keyof typeof statuses };
  const decided = await callOperation(sayso, declared, { ...input, source: "zapier" }).catch(
    (refusal: unknown) => unlessSettled(sayso, { id, wanted: statuses[decision], refusal }),
  );
  return toFlat(declared.outputs, decided);
};
