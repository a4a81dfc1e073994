import { perform } from "../approvals/perform.ts";
import { newStep } from "../asking/plan.ts";
import { refuseForChange } from "../approvals/refuse-for-change.ts";
import { refuseForRun } from "../approvals/refuse-for-run.ts";
import { requireOwnOrAdmin, requireSameHand } from "../approvals/same-hand.ts";
import type { StepState } from "../state-machine/state.ts";
import type { Context } from "../context.ts";
import type { Performing } from "../approvals/perform.ts";
import { askersOf, viaOf } from "../actors/via.ts";
import { checkAssignments } from "../assignments/check-assignments.ts";
import type { NewStep } from "../assignments/new-step.ts";

/**
 * Replaces a pending request's steps by these, until the first vote. The same person can be in several steps, and then
 * votes on each.
 *
 * @throws DomainError `forbidden` (not the credential that asked), `not_found`, `invalid_state` (a vote was cast; a
 *   change; a run of a flow), `validation_failed` (unknown people or team, a quorum that the step's people can't reach)
 */
export async function replaceSteps(
  context: Context<Performing>,
  requestId: string,
  asked: NewStep[],
): Promise<StepState[]> {
  await checkAssignments(context, asked);
  const { after } = await perform(context, requestId, async (loaded) => {
    requireOwnOrAdmin(context.actor, loaded, "give other steps to");
    refuseForChange(loaded, "given other steps");
    await refuseForRun(context, requestId, "given other steps: its flow says who reviews it");
    requireSameHand(context.actor, loaded, "give other steps to");
    const { newId } = context.services;
    const steps = asked.map(({ order, ...step }) =>
      newStep(newId(), order, { ...step, name: step.name ?? null }),
    );
    const { actor } = context;
    return { kind: "replace_steps", steps, via: viaOf(actor), askers: askersOf(actor) };
  });
  return after.steps;
}
