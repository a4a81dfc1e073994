import type { CreateApprovalInput } from "./new-approval.ts";

/** Field values that a request made from a template gets unless it brings its own. */
export type TemplateDefaults = Pick<
  CreateApprovalInput,
  | "title"
  | "description"
  | "priority"
  | "actionType"
  | "requiredApprovals"
  | "isSequential"
  | "assignedApprovers"
  | "assignedTeamId"
  | "autoAction"
  | "autoActionAfterMinutes"
  | "requireRejectionReason"
> & {
  /** The request expires this long after it is made. */
  expiresAfterMinutes?: number;
};

/** The defaults of a template, and who wrote them last; null: nobody knows. */
export interface WrittenDefaults {
  defaults: TemplateDefaults;
  defaultsBy: string | null;
}
