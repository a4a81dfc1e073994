import type { CancelApprovalInput, Sayso } from "@sayso/client";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";
import { isRefused } from "./settled.ts";

/** Withdraws a pending request. Repeating it succeeds. */
export const cancelRequest: Perform = async (z, bundle, { sayso, declared }) => {
  const input = readInput<CancelApprovalInput>(z, declared.fields, bundle.inputData);
  const cancelled = await sayso
    .cancelApproval(input)
    .catch((refusal: unknown) => unlessCancelled(sayso, input.id, refusal));
  return toFlat(declared.outputs, cancelled);
};

/**
 * Returns the request as it is, if the server reports it as cancelled by anybody: it can't be approved any more.
 *
 * @throws the refusal, if the request has any other status
 */
async function unlessCancelled(sayso: Sayso, id: string, refusal: unknown): Promise<unknown> {
  if (!isRefused(refusal)) throw refusal;
  const request = await sayso.getApproval({ id });
  if (request.status !== "cancelled") throw refusal;
  return request;
}
