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
  /** The minutes after which the request expires, counted from when it is made. */
  expiresAfterMinutes?: number;
};

/** The defaults of a template, and the person who wrote them last. Null: unknown. */
export interface WrittenDefaults {
  defaults: TemplateDefaults;
  defaultsBy: string | null;
}
