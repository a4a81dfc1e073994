export { Cycle } from "./cycles.ts";
export { CheckIn, KeyResult } from "./key-results.ts";
export { Kpi, KpiUpdate } from "./kpis.ts";
export { Objective } from "./objectives.ts";
export { ReviewCycle } from "./reviews.ts";
export { HeldChange } from "./schemas.ts";
