import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { countApprovers, countAssigned } from "./count-assigned.ts";
import type { NewStep } from "./new-step.ts";

/**
 * Checks that the people whom each step asks can approve it.
 *
 * @throws DomainError `validation_failed` (`steps.0…`): unknown people or team, a quorum that they can't reach
 */
export async function checkAssignments(
  context: Context<InOrganization>,
  asked: NewStep[],
): Promise<void> {
  for (const [i, step] of asked.entries()) {
    const { assignedUserIds, assignedTeamId, assignedRole, requiredApprovals = 1 } = step;
    const isNamed = assignedUserIds !== undefined || assignedTeamId !== undefined;
    // A step that needs one vote and names no people or team needs no query.
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
