import { SaysoError, type Approval, type Sayso } from "@sayso/client";

/**
 * What a refusal leaves to say where a step is run again: if the request already is as the step wants it, that is its
 * answer, whoever did it.
 *
 * @throws the refusal, if the request is anything else
 */
export async function unlessSettled(
  sayso: Sayso,
  { id, wanted, refusal }: { id: string; wanted: Approval["status"]; refusal: unknown },
): Promise<Approval> {
  const isRefused =
    refusal instanceof SaysoError && ["CONFLICT", "INVALID_STATE"].includes(refusal.code);
  const request = isRefused ? await sayso.getApproval({ id }) : null;
  if (request?.status === wanted) return request;
  throw refusal;
}
