import type { Routes } from "../routes.ts";
import { showCycle, showCycles, submitCycle, submitCycleChange } from "./cycles.ts";
import {
  showKeyResult,
  submitCheckIn,
  submitKeyResultArchiving,
  submitKeyResultChange,
} from "./key-result.ts";
import { showKeys, submitKey, submitKeyRevocation } from "./keys.ts";
import { showKpi, submitKpiArchiving, submitKpiChange, submitKpiUpdate } from "./kpi.ts";
import { showKpis, submitKpi } from "./kpis.ts";
import { showNewKeyResult, submitKeyResult } from "./new-key-result.ts";
import { showObjective, submitObjectiveArchiving, submitObjectiveChange } from "./objective.ts";
import { showObjectives, submitObjective } from "./objectives.ts";
import { showReview, submitAnswers, submitReviewDeletion } from "./review.ts";
import {
  showReviewCycle,
  showReviews,
  submitReview,
  submitReviewCycle,
  submitReviewCycleChange,
} from "./reviews.ts";
import { sendTable, showTables, submitTable } from "./tables.ts";

const goals = "/goals";
const objective = `${goals}/objectives/:id`;
const keyResult = `${goals}/key-results/:id`;
const kpis = `${goals}/kpis`;
const kpi = `${kpis}/:id`;
const cycles = `${goals}/cycles`;
const cycle = `${cycles}/:id`;
const reviews = `${goals}/reviews`;
const review = `${reviews}/:id`;
const reviewCycle = `${goals}/review-cycles/:id`;
const tables = `${goals}/tables`;

/** Where people look after goals. */
export const goalsRoutes: Routes = {
  pages: [
    [goals, showObjectives],
    [objective, showObjective],
    [`${objective}/key-results`, showNewKeyResult],
    [keyResult, showKeyResult],
    [kpis, showKpis],
    [kpi, showKpi],
    [cycles, showCycles],
    [cycle, showCycle],
    [reviews, showReviews],
    [review, showReview],
    [reviewCycle, showReviewCycle],
    [tables, showTables],
    [`${goals}/export/:table`, sendTable],
  ],
  forms: [
    [`${goals}/objectives`, goals, submitObjective],
    [objective, objective, submitObjectiveChange],
    [`${objective}/key-results`, `${objective}/key-results`, submitKeyResult],
    [`${objective}/archive`, objective, submitObjectiveArchiving],
    [keyResult, keyResult, submitKeyResultChange],
    [`${keyResult}/check-ins`, keyResult, submitCheckIn],
    [`${keyResult}/archive`, keyResult, submitKeyResultArchiving],
    [kpis, kpis, submitKpi],
    [kpi, kpi, submitKpiChange],
    [`${kpi}/updates`, kpi, submitKpiUpdate],
    [`${kpi}/archive`, kpi, submitKpiArchiving],
    [cycles, cycles, submitCycle],
    [cycle, cycle, submitCycleChange],
    [reviews, reviews, submitReview],
    [review, review, submitAnswers],
    [`${review}/delete`, review, submitReviewDeletion],
    [`${goals}/review-cycles`, reviews, submitReviewCycle],
    [reviewCycle, reviewCycle, submitReviewCycleChange],
    [tables, tables, submitTable],
  ],
};

const keys = `${goals}/keys`;

/** Where admins look after the keys of other programs. */
export const goalsKeyRoutes: Routes = {
  pages: [[keys, showKeys]],
  forms: [
    [keys, keys, submitKey],
    [`${keys}/:id/revoke`, keys, submitKeyRevocation],
  ],
};
