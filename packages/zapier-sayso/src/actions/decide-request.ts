import type { DecideApprovalInput, Sayso } from "@sayso/client";
import type { ZObject } from "zapier-platform-core";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";
import { isRefused } from "./settled.ts";

const ended = { approve: "approved", reject: "rejected" } as const;

/** Approves or rejects, if the connected person is allowed to. Repeating it succeeds. */
export const decideRequest: Perform = async (z, bundle, { sayso, declared }) => {
  const input = readInput<DecideApprovalInput>(z, declared.fields, bundle.inputData);
  const decided = await sayso
    .decideApproval({ ...input, source: "zapier" })
    .catch((refusal: unknown) => unlessVoted(z, sayso, input, refusal));
  return toFlat(declared.outputs, decided);
};

/**
 * Treats a repeated step as done where the server counts the connected person's own vote, it is the wanted one, and the
 * request waits for others or was decided so. Another person's vote is no success of this step, even if it is the same.
 *
 * @throws the refusal; or an error that names the request's status, where the request ended in another way
 */
async function unlessVoted(
  z: ZObject,
  sayso: Sayso,
  { id, decision }: DecideApprovalInput,
  refusal: unknown,
): Promise<unknown> {
  if (!isRefused(refusal)) throw refusal;
  const { cast } = await sayso.previewVote({ id });
  if (cast.length === 0 || cast.some((vote) => vote.decision !== decision)) throw refusal;
  const request = await sayso.getApproval({ id });
  if (request.status === "pending" || request.status === ended[decision]) return request;
  throw new z.errors.Error(
    `You voted to ${decision}, but this request is ${request.status}`,
    "INVALID_STATE",
    409,
  );
}
