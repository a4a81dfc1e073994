import type { Resource } from "../../surface.ts";

/** The resources of the goals surface. */
export const goalsResources = {
  objective: { label: "Objective", description: "What is to be reached, with its key results" },
  key_result: { label: "Key Result", description: "A number that an objective is measured by" },
  checkin: {
    label: "Check-in",
    description: "Where a key result stands, reported again and again",
  },
  kpi: { label: "KPI", description: "A number that is measured again and again" },
  cycle: { label: "Cycle", description: "A period for which objectives are set" },
  review_cycle: { label: "Review Cycle", description: "A round of reviews" },
  goals_table: {
    label: "Goals Table",
    description: "Objectives and KPIs as comma-separated values",
  },
  review: { label: "Review", description: "What people write about a period" },
} as const satisfies Record<string, Resource>;
