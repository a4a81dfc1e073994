import { invalidInput } from "../errors.ts";
import type { CreateApprovalInput } from "./new-approval.ts";

/** The fields that make sense only in a request that somebody decides, by their names on the wire. */
const ofDecisions: [field: string, isAsked: (input: CreateApprovalInput) => boolean][] = [
  ["required_approvals", ({ requiredApprovals }) => (requiredApprovals ?? 1) > 1],
  ["is_sequential", ({ isSequential }) => isSequential === true],
  ["assigned_approvers", ({ assignedApprovers }) => assignedApprovers !== undefined],
  ["assigned_team_id", ({ assignedTeamId }) => assignedTeamId !== undefined],
  ["steps", ({ steps }) => steps !== undefined],
  ["require_rejection_reason", (input) => input.requireRejectionReason === true],
  ["auto_action", ({ autoAction }) => autoAction !== undefined],
  ["expires_at", ({ expiresAt }) => expiresAt !== undefined],
  ["callback_url", ({ callbackUrl }) => callbackUrl !== undefined],
];

/**
 * Refuses fields that a log entry doesn't honour. A log entry asks nobody, so nobody decides it, and no callback is
 * sent.
 *
 * @throws DomainError `validation_failed`, with each such field
 */
export function checkLogEntry(input: CreateApprovalInput): void {
  if (input.isLog !== true) return;
  const [first, ...others] = ofDecisions
    .filter(([, isAsked]) => isAsked(input))
    .map(([field]) => ({
      field,
      message: `${field} has no effect with is_log, because a log entry asks nobody: leave out one of the two`,
    }));
  if (first) throw invalidInput(first, ...others);
}
