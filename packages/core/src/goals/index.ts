export type { Updated } from "./change-control.ts";
export { goalEntityTypes, type GoalEntity, type GoalEntityType } from "../entities/goal-entity.ts";
export { applyGoalPatch, lockGoalEntity } from "./held/goal-entities.ts";
export { statusOfKpi, type GoalStatus } from "./goal-status.ts";
export { healthParts, healthScore, type HealthSigns } from "./health-score.ts";
export { listHeldChanges, type WaitingGoalChange } from "./held/list-held-changes.ts";
export { listGoalTimeline, type GoalTimelineEntry } from "./timeline/list-goal-timeline.ts";
export { listKeyResultHistories } from "./timeline/list-key-result-histories.ts";
export { listKpiHistories } from "./timeline/list-kpi-histories.ts";
export type { ValueHistory } from "./timeline/value-history.ts";

export { archiveObjective } from "./objectives/archive-objective.ts";
export { createObjective, type NewObjective } from "./objectives/create-objective.ts";
export { getObjective } from "./objectives/get-objective.ts";
export { listObjectives } from "./objectives/list-objectives.ts";
export {
  type Objective,
  type ObjectiveType,
  type ObjectiveValues,
} from "./objectives/objective.ts";
export { updateObjective } from "./objectives/update-objective.ts";

export { archiveKeyResult } from "./objectives/archive-key-result.ts";
export { createKeyResult, type NewKeyResult } from "./objectives/create-key-result.ts";
export { getKeyResult } from "./objectives/get-key-result.ts";
export type { KeyResult, KeyResultValues } from "./objectives/key-result.ts";
export { listKeyResults } from "./objectives/list-key-results.ts";
export { updateKeyResult } from "./objectives/update-key-result.ts";

export type { CheckIn } from "./check-ins/check-in.ts";
export { listCheckIns } from "./check-ins/list-check-ins.ts";
export { recordCheckIn, type NewCheckIn } from "./check-ins/record-check-in.ts";

export { archiveKpi } from "./kpis/archive-kpi.ts";
export { createKpi, type NewKpi } from "./kpis/create-kpi.ts";
export { getKpi } from "./kpis/get-kpi.ts";
export { type Kpi, type KpiDirection, type KpiValues } from "./kpis/kpi.ts";
export { listKpis } from "./kpis/list-kpis.ts";
export { listKpiUpdates, type KpiUpdate } from "./kpis/list-kpi-updates.ts";
export { recordKpiUpdate } from "./kpis/record-kpi-update.ts";
export { updateKpi } from "./kpis/update-kpi.ts";

export type { Cycle, CycleValues } from "./cycles/cycle.ts";
export { createCycle } from "./cycles/create-cycle.ts";
export { listCycles } from "./cycles/list-cycles.ts";
export { updateCycle } from "./cycles/update-cycle.ts";

export { createReview, type NewReview } from "./reviews/create-review.ts";
export { createReviewCycle } from "./reviews/create-review-cycle.ts";
export { deleteReview } from "./reviews/delete-review.ts";
export { getReview } from "./reviews/get-review.ts";
export { listReviewCycles } from "./reviews/list-review-cycles.ts";
export { listReviews } from "./reviews/list-reviews.ts";
export { reviewTypes, type Answer, type Review, type ReviewType } from "./reviews/review.ts";
export { type ReviewCycle, type ReviewCycleStatus } from "./reviews/review-cycle.ts";
export { shareReview } from "./reviews/share-review.ts";
export { updateReview } from "./reviews/update-review.ts";
export { updateReviewCycle } from "./reviews/update-review-cycle.ts";

export { createGoalsKey, type NewGoalsKey } from "./keys/create-goals-key.ts";
export { goalsScopes, type GoalsScope } from "./keys/goals-scopes.ts";
export { listGoalsKeys, type GoalsKey } from "./keys/list-goals-keys.ts";
export { revokeGoalsKey } from "./keys/revoke-goals-key.ts";

export { exportGoals } from "./csv/export-goals.ts";
export { goalTableNames, type GoalTable } from "./csv/goal-tables.ts";
export { importGoals, type Imported } from "./csv/import-goals.ts";
