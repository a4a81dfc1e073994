import type { CreateApprovalInput } from "../approvals/create.ts";

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

export interface Template {
  id: string;
  name: string;
  description: string | null;
  /** The platform it is meant for, as the caller names it: "n8n", "zapier", … */
  targetApp: string | null;
  defaults: TemplateDefaults;
  createdAt: Date;
}
