import { outcomes, type OutcomeKind } from "@sayso/triggers";
import type { PlainInputField, PlainOutputField } from "zapier-platform-core";

/** What a Zap may go on with though nobody said yes, where somebody asked for that. An emergency stop never is. */
export const continuable: readonly OutcomeKind[] = ["rejected", "expired", "cancelled"];

/** What only the waiting action asks for. */
export const waitFields: PlainInputField[] = [
  {
    key: "continue_on_rejection",
    label: "Continue on Rejection",
    type: "boolean",
    required: false,
    default: "false",
    helpText:
      "Whether the Zap also goes on when the request is rejected, expires or is cancelled. Branch on the field Outcome then: only approved means yes.",
  },
];

/** What only the waiting action tells. */
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
