import type { CreateApprovalInput } from "./new-approval.ts";

/**
 * Field values that a request made from a template gets unless it brings its own. Which fields a template can hold, the
 * catalogue declares with the request's fields (`inTemplates`).
 */
export type TemplateDefaults = Omit<
  CreateApprovalInput,
  "callbackHeaders" | "expiresAt" | "flowId" | "idempotencyKey" | "steps" | "templateId"
> & {
  /** The minutes after which the request expires, counted from when it is made. */
  expiresAfterMinutes?: number;
};

/** The defaults of a template, the person who wrote them last (null: unknown), and the time at which they did. */
export interface WrittenDefaults {
  defaults: TemplateDefaults;
  defaultsBy: string | null;
  defaultsAt: Date;
}
