import type { CreateApprovalInput } from "./new-approval.ts";
import { DomainError, invalidInput, type FieldFault } from "../errors.ts";
import type { TemplateDefaults, WrittenDefaults } from "./template-defaults.ts";

/** What a template says of who decides, by its name here and on the wire. */
const deciding: [keyof TemplateDefaults & keyof CreateApprovalInput, string][] = [
  ["assignedApprovers", "assigned_approvers"],
  ["assignedTeamId", "assigned_team_id"],
  ["requiredApprovals", "required_approvals"],
];

/**
 * Says of a fault in what the template filled in that it is the template's: whoever asks can't mend it otherwise.
 *
 * @param asked without what the template fills in
 * @returns what takes the fault and throws it on
 */
export const blameTemplate =
  (asked: CreateApprovalInput, template: WrittenDefaults | null) =>
  (error: unknown): never => {
    const fields =
      error instanceof DomainError && error.code === "validation_failed"
        ? (error.details?.fields as FieldFault[] | undefined)
        : undefined;
    const [fault] = fields ?? [];
    const isTheirs = deciding.some(
      ([name, field]) =>
        fault?.field === field &&
        asked[name] === undefined &&
        template?.defaults[name] !== undefined,
    );
    if (!fault || !isTheirs) throw error;
    throw invalidInput({
      field: fault.field,
      message: `${fault.message}. The template says so: an admin has to revise it`,
    });
  };
