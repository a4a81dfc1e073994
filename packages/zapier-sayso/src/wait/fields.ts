import { outcomes, type OutcomeKind } from "@sayso/triggers";
import type { PlainInputField, PlainOutputField } from "zapier-platform-core";

/**
 * The outcomes without a yes with which a Zap can go on, where somebody chose that. An emergency stop is never one of
 * them.
 */
export const continuable: readonly OutcomeKind[] = ["rejected", "expired", "cancelled"];

/** The input fields that only the waiting action has. */
export const waitFields: PlainInputField[] = [
  {
    key: "continue_on_rejection",
    label: "Continue on Rejection",
    type: "boolean",
    required: false,
    default: "false",
    helpText:
      "Whether the Zap also continues when the request is rejected, expires or is cancelled. If so, branch on the field Outcome: only approved means approval.",
  },
];

/** The output fields that only the waiting action has. */
export const waitOutputs: { outputFields: PlainOutputField[]; sample: Record<string, unknown> } = {
  outputFields: [
    { key: "outcome", label: "Outcome", type: "string" },
    { key: "outcome_message", label: "Outcome Message", type: "string" },
    { key: "may_go_on", label: "May Go On", type: "boolean" },
  ],
  sample: {
    outcome: "approved" satisfies OutcomeKind,
    outcome_message:
      "“Deploy v2.4.0 to production” was approved by Alice Approver: Verified with the user.",
    may_go_on: outcomes.approved.goesOn,
  },
};
