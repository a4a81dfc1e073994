import type { FieldHint } from "../../operation.ts";

/** Hints for fields that several operations share. */
export const hints = {
  objective: {
    label: "Objective",
    choices: { operation: "listObjectives", value: "id", label: "title", search: "search" },
  },
  keyResult: {
    label: "Key Result",
    choices: { operation: "listKeyResults", value: "id", label: "title", search: "search" },
  },
  kpi: {
    label: "KPI",
    choices: { operation: "listKpis", value: "id", label: "name", search: "search" },
  },
  cycle: { label: "Cycle", choices: { operation: "listCycles", value: "id", label: "name" } },
  owner: {
    label: "Owner",
    choices: { operation: "listMembers", value: "id", label: "name" },
  },
} as const satisfies Record<string, FieldHint>;
