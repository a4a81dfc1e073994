import { isMachines, personBehind } from "../actors/actor.ts";
import { isAssigned } from "../state-machine/cast-vote.ts";
import { decideApproval } from "../approvals/decide.ts";
import type { Performed } from "../approvals/perform.ts";
import type { Decision } from "../requests/values.ts";
import type { Context } from "../context.ts";
import type { Performing } from "../approvals/perform.ts";
import { DomainError, notFound } from "../errors.ts";
import { loadVisible } from "../approvals/load-visible.ts";

/**
 * Casts the caller's vote on the present stage of a change, by `decideApproval`. The approval of the last stage applies
 * the change in the same transaction. One rejection ends it.
 *
 * @throws DomainError `not_found`; `forbidden`: the stage needs another role, or the caller asked for the change;
 *   `conflict`: the entity has changed since; `invalid_state`: the change is decided already
 */
export async function resolveChange(
  context: Context<Performing>,
  id: string,
  decision: Decision,
  comments: string | null,
): Promise<Performed> {
  const { actor } = context;
  const loaded = await loadVisible(context, id, personBehind(actor));
  if (!loaded?.row.isChange) throw notFound("Change");
  const stage = loaded.state.steps.find((step) => step.status === "active");
  const { member } = loaded;
  if (loaded.state.status === "pending" && stage && member) {
    const throughMachine = isMachines(actor);
    const isTheirs = isAssigned(stage, { ...member, throughMachine });
    const isOwn = loaded.state.requesterIds.includes(member.personId);
    if (!isTheirs && !isOwn)
      throw new DomainError(
        "forbidden",
        `The stage ${stage.name ?? "at hand"} is for people with the role ${stage.assignedRole ?? "member"} who may approve${throughMachine ? ", and they decide it by themselves, not through a connection or an app" : ""}`,
        { details: { reason: "not_eligible", required_role: stage.assignedRole } },
      );
  }
  return decideApproval(context, {
    requestId: id,
    stepId: null,
    decision,
    comment: comments,
    source: "changes",
  });
}
