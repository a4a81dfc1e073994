import type { Resource } from "../../surface.ts";

/** The resources of the goals surface. */
export const goalsResources = {
  objective: { label: "Objective", description: "A goal with its key results" },
  key_result: { label: "Key Result", description: "A number that measures an objective" },
  checkin: {
    label: "Check-in",
    description: "A report of a key result's current value",
  },
  kpi: { label: "KPI", description: "A metric that is tracked over time" },
  cycle: { label: "Cycle", description: "A period for objectives" },
  review_cycle: { label: "Review Cycle", description: "A period for reviews" },
  goals_table: {
    label: "Goals Table",
    description: "Objectives and KPIs as comma-separated values",
  },
  review: { label: "Review", description: "Feedback about a period" },
} as const satisfies Record<string, Resource>;
