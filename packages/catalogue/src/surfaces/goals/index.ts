import type { Surface } from "../../surface.ts";
import { cycleOperations } from "./cycles.ts";
import { goalsErrorBody } from "./errors.ts";
import { goalsEventLabels } from "./event-labels.ts";
import { keyResultOperations } from "./key-results.ts";
import { kpiOperations } from "./kpis.ts";
import { objectiveOperations } from "./objectives.ts";
import { goalsResources } from "./resources.ts";
import { reviewOperations } from "./reviews.ts";
import { tableOperations } from "./tables.ts";
import { goalsTriggers } from "./triggers.ts";

/** All operations of the goals surface. */
export const goalsOperations = {
  ...objectiveOperations,
  ...keyResultOperations,
  ...kpiOperations,
  ...cycleOperations,
  ...reviewOperations,
  ...tableOperations,
};

/** The goals surface: its resources, operations, events and triggers. */
export const goalsSurface: Surface = {
  name: "goals",
  title: "Sayso goals API",
  description:
    "Objectives with key results, KPIs and reviews: read them, update them, and receive their events.",
  authorization:
    "A goals key (`okrt_…`, 60 requests a minute, its own scopes), an API key, a personal token or an OAuth access token",
  errorBody: goalsErrorBody,
  resources: goalsResources,
  operations: goalsOperations,
  events: goalsEventLabels,
  triggers: goalsTriggers,
};
