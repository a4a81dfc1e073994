import type { FieldHint } from "../../operation.ts";

/** Hints for fields that several operations share. */
export const hints = {
  request: {
    label: "Request",
    choices: { operation: "listApprovals", value: "id", label: "title", search: "search" },
  },
  team: { label: "Team", choices: { operation: "listTeams", value: "id", label: "name" } },
  template: {
    label: "Template",
    choices: { operation: "listTemplates", value: "id", label: "name" },
  },
  actionType: { label: "Action Type", choices: { operation: "listActionTypes" } },
  approver: {
    label: "Approver",
    choices: {
      operation: "listMembers",
      value: "id",
      label: "name",
      query: { can_approve: "true" },
    },
  },
} as const satisfies Record<string, FieldHint>;
