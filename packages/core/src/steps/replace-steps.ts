import { requireRequester } from "../approvals/cancel.ts";
import { perform } from "../approvals/perform.ts";
import { countApprovers, countAssigned, newStep } from "../approvals/plan.ts";
import type { StepState } from "../approvals/state.ts";
import type { Role } from "../actor.ts";
import type { Context } from "../context.ts";
import { DomainError, invalidInput } from "../errors.ts";

/** A step as asked for: by named people, a team, a role, or (none given) anybody who may approve. */
export interface NewStep {
  order: number;
  name?: string;
  assignedUserIds?: string[];
  assignedTeamId?: string;
  assignedRole?: Role;
  /** Default 1. */
  requiredApprovals?: number;
}

/**
 * Puts these steps in place of a pending request's present ones; allowed until the first vote. The same person may
 * stand in several steps, and then votes on each.
 *
 * @throws DomainError `forbidden` (not the requester), `not_found`, `invalid_state` (a vote was cast),
 *   `validation_failed` (unknown people or team, a quorum that the step's people can't reach)
 */
export async function replaceSteps(
  context: Context,
  requestId: string,
  asked: NewStep[],
): Promise<StepState[]> {
  await checkAssignments(context, asked);
  const { after } = await perform(context, requestId, (loaded) => {
    requireRequester(context.actor, loaded, "arrange the steps of");
    const { newId } = context.services;
    const steps = asked.map(({ order, ...step }) =>
      newStep(newId(), order, { ...step, name: step.name ?? null }),
    );
    return { kind: "replace_steps", steps };
  });
  return after.steps;
}

async function checkAssignments(context: Context, asked: NewStep[]): Promise<void> {
  for (const [i, step] of asked.entries()) {
    const { assignedUserIds, assignedTeamId, assignedRole, requiredApprovals = 1 } = step;
    const isNamed = assignedUserIds !== undefined || assignedTeamId !== undefined;
    // A single vote of anybody needs no look.
    if (!isNamed && requiredApprovals === 1) continue;
    const candidates = await (
      isNamed
        ? countAssigned(context, assignedUserIds, assignedTeamId)
        : countApprovers(context, assignedRole ?? "member")
    ).catch((error: unknown) => {
      throw error instanceof DomainError
        ? invalidInput({ field: `steps.${i}`, message: `steps.${i}: ${error.message}` })
        : error;
    });
    if (requiredApprovals > candidates) {
      throw invalidInput({
        field: `steps.${i}.required_approvals`,
        message: `steps.${i}: ${requiredApprovals} approvals are required, but only ${candidates} of those asked may approve`,
      });
    }
  }
}
