import type { DecideApprovalInput, Sayso } from "@sayso/client";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";
import { isRefused } from "./settled.ts";

/** Approves or rejects, if the connected person is allowed to. Repeating it succeeds. */
export const decideRequest: Perform = async (z, bundle, { sayso, declared }) => {
  const input = readInput<DecideApprovalInput>(z, declared.fields, bundle.inputData);
  const decided = await sayso
    .decideApproval({ ...input, source: "zapier" })
    .catch((refusal: unknown) => unlessVoted(sayso, input, refusal));
  return toFlat(declared.outputs, decided);
};

/**
 * Treats a repeated step as done where the server counts the connected person's own vote and it is the wanted one.
 * Another person's vote is no success of this step, even if it is the same.
 *
 * @throws the refusal
 */
async function unlessVoted(
  sayso: Sayso,
  { id, decision }: DecideApprovalInput,
  refusal: unknown,
): Promise<unknown> {
  if (!isRefused(refusal)) throw refusal;
  const { cast } = await sayso.previewVote({ id });
  if (cast.length === 0 || cast.some((vote) => vote.decision !== decision)) throw refusal;
  return sayso.getApproval({ id });
}
