import type { Surface } from "../../surface.ts";
import * as cycles from "./cycles.ts";
import { goalsErrorBody } from "./errors.ts";
import { goalsEventLabels } from "./event-labels.ts";
import * as keyResults from "./key-results.ts";
import * as kpis from "./kpis.ts";
import * as objectives from "./objectives.ts";
import { goalsResources } from "./resources.ts";
import * as reviews from "./reviews.ts";
import * as tables from "./tables.ts";
import { goalsTriggers } from "./triggers.ts";

/** All operations of the goals surface. */
export const goalsOperations = {
  listObjectives: objectives.listObjectives,
  createObjective: objectives.createObjective,
  getObjective: objectives.getObjective,
  updateObjective: objectives.updateObjective,
  archiveObjective: objectives.archiveObjective,
  listKeyResults: keyResults.listKeyResults,
  createKeyResult: keyResults.createKeyResult,
  getKeyResult: keyResults.getKeyResult,
  updateKeyResult: keyResults.updateKeyResult,
  archiveKeyResult: keyResults.archiveKeyResult,
  recordCheckIn: keyResults.recordCheckIn,
  recordCheckInOfOkr: keyResults.recordCheckInOfOkr,
  listCheckIns: keyResults.listCheckIns,
  listKpis: kpis.listKpis,
  createKpi: kpis.createKpi,
  getKpi: kpis.getKpi,
  updateKpi: kpis.updateKpi,
  archiveKpi: kpis.archiveKpi,
  recordKpiUpdate: kpis.recordKpiUpdate,
  listKpiUpdates: kpis.listKpiUpdates,
  listCycles: cycles.listCycles,
  createCycle: cycles.createCycle,
  updateCycle: cycles.updateCycle,
  listReviewCycles: reviews.listReviewCycles,
  createReviewCycle: reviews.createReviewCycle,
  updateReviewCycle: reviews.updateReviewCycle,
  listReviews: reviews.listReviews,
  createReview: reviews.createReview,
  updateReview: reviews.updateReview,
  deleteReview: reviews.deleteReview,
  shareReview: reviews.shareReview,
  getReviewSummary: reviews.getReviewSummary,
  exportObjectives: tables.exportObjectives,
  exportKpis: tables.exportKpis,
  importGoals: tables.importGoals,
};

/** The goals surface: its resources, operations, events and triggers. */
export const goalsSurface: Surface = {
  name: "goals",
  title: "Sayso goals API",
  description:
    "Objectives with key results, KPIs and reviews: read them, report to them, hear of them.",
  authorization:
    "A goals key (`okrt_…`, 60 requests a minute, its own scopes), an API key, a personal token or an OAuth access token",
  errorBody: goalsErrorBody,
  resources: goalsResources,
  operations: goalsOperations,
  events: goalsEventLabels,
  triggers: goalsTriggers,
};
