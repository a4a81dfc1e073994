import type { CreateApprovalInput } from "./new-approval.ts";
import { DomainError, invalidInput } from "../errors.ts";
import type { TemplateDefaults, WrittenDefaults } from "./template-defaults.ts";

/** The fields of a template that say who decides, by their names here and on the wire. */
const deciding: [keyof TemplateDefaults & keyof CreateApprovalInput, string][] = [
  ["assignedApprovers", "assigned_approvers"],
  ["assignedTeamId", "assigned_team_id"],
  ["requiredApprovals", "required_approvals"],
];

/**
 * Attributes a fault in a value that the template filled in to the template, because the asker can't mend it in the
 * request.
 *
 * @param asked the request without the values that the template fills in
 * @returns a handler that takes the error and throws it on
 */
export const blameTemplate =
  (asked: CreateApprovalInput, template: WrittenDefaults | null) =>
  (error: unknown): never => {
    const fields =
      error instanceof DomainError && error.code === "validation_failed"
        ? error.details?.fields
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
      message: `${fault.message}. The value comes from the template: ask an admin to correct it`,
    });
  };
