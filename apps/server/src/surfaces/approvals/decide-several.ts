import type { approvals } from "@sayso/catalogue";
import { decideApproval, DomainError, type Context, type DecideInput } from "@sayso/core";
import type { z } from "zod";
import { approvalsCode } from "./errors.ts";

type Result = z.input<typeof approvals.BatchResult>;

/**
 * Casts several votes independently: a refused vote reports its error in its own result and doesn't affect the others.
 *
 * @throws DomainError `emergency_stop`; `unavailable`: no vote could be tried, so the caller should repeat the whole
 *   call
 */
export async function decideSeveral(
  context: Context,
  votes: readonly DecideInput[],
): Promise<Result[]> {
  const results = await Promise.all(votes.map((vote) => decideOne(context, vote)));
  const [first] = results;
  const isAway = results.every(({ code }) => code === approvalsCode("unavailable"));
  if (isAway && first?.error !== undefined) throw new DomainError("unavailable", first.error);
  return results;
}

async function decideOne(context: Context, vote: DecideInput): Promise<Result> {
  const id = vote.requestId;
  try {
    const { after } = await decideApproval(context, vote);
    return { id, success: true, status: after.status };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === "emergency_stop") throw error;
    return { id, success: false, error: error.message, code: approvalsCode(error.code) };
  }
}
