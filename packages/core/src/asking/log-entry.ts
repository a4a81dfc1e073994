import { invalidInput } from "../errors.ts";
import type { CreateApprovalInput } from "./new-approval.ts";

/** What only a request has that somebody decides, by its name on the wire. */
const ofDecisions: [field: string, isAsked: (input: CreateApprovalInput) => boolean][] = [
  ["required_approvals", ({ requiredApprovals }) => (requiredApprovals ?? 1) > 1],
  ["is_sequential", ({ isSequential }) => isSequential === true],
  ["assigned_approvers", ({ assignedApprovers }) => assignedApprovers !== undefined],
  ["assigned_team_id", ({ assignedTeamId }) => assignedTeamId !== undefined],
  ["require_rejection_reason", (input) => input.requireRejectionReason === true],
  ["auto_action", ({ autoAction }) => autoAction !== undefined],
  ["expires_at", ({ expiresAt }) => expiresAt !== undefined],
  ["callback_url", ({ callbackUrl }) => callbackUrl !== undefined],
];

/**
 * Refuses what a log entry doesn't honour: it asks nobody, so nobody decides it, and no outcome is posted.
 *
 * @throws DomainError `validation_failed`, with each such field
 */
export function checkLogEntry(input: CreateApprovalInput): void {
  if (input.isLog !== true) return;
  const [first, ...others] = ofDecisions
    .filter(([, isAsked]) => isAsked(input))
    .map(([field]) => ({
      field,
      message: `${field} has no effect where is_log is true: a log entry asks nobody. Leave out one of the two`,
    }));
  if (first) throw invalidInput(first, ...others);
}
