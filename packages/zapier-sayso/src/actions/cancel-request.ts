import type { CancelApprovalInput, Sayso } from "@sayso/client";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";
import { isRefused } from "./settled.ts";

/** Withdraws a pending request. Doing it again finds it done. */
export const cancelRequest: Perform = async (z, bundle, { sayso, declared }) => {
  const input = readInput(z, declared.fields, bundle.inputData) as unknown as CancelApprovalInput;
  const cancelled = await sayso
    .cancelApproval(input)
    .catch((refusal: unknown) => unlessCancelled(sayso, input.id, refusal));
  return toFlat(declared.outputs, cancelled);
};

/**
 * The request as it is, if the server says that it is cancelled, whoever did it: nobody can get a yes from it any more.
 *
 * @throws the refusal, if the request is anything else
 */
async function unlessCancelled(sayso: Sayso, id: string, refusal: unknown): Promise<unknown> {
  if (!isRefused(refusal)) throw refusal;
  const request = await sayso.getApproval({ id });
  if (request.status !== "cancelled") throw refusal;
  return request;
}
