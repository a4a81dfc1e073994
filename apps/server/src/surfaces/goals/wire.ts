import type { goals } from "@sayso/catalogue";
import type { CheckIn, Cycle, KeyResult, Kpi, KpiUpdate, Objective } from "@sayso/core";
import type { z } from "zod";

interface Goal {
  ownerId: string | null;
  ownerName: string | null;
  needsApproval: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const toFacts = (goal: Goal) => ({
  owner: goal.ownerName,
  owner_id: goal.ownerId,
  needs_approval: goal.needsApproval,
  version: goal.version,
  created_at: goal.createdAt.toISOString(),
  updated_at: goal.updatedAt.toISOString(),
});

export const toObjective = (objective: Objective): z.input<typeof goals.Objective> => ({
  id: objective.id,
  title: objective.title,
  description: objective.description,
  type: objective.type,
  progress: objective.progress,
  status: objective.status,
  health_score: objective.healthScore,
  cycle: objective.cycleName,
  cycle_id: objective.cycleId,
  ...toFacts(objective),
  key_results: objective.keyResults.map(toKeyResult),
});

export const toKeyResult = (keyResult: KeyResult): z.input<typeof goals.KeyResult> => ({
  id: keyResult.id,
  objective_id: keyResult.objectiveId,
  title: keyResult.title,
  unit: keyResult.unit,
  start: keyResult.start,
  target: keyResult.target,
  current: keyResult.current,
  weight: keyResult.weight,
  progress: keyResult.progress,
  status: keyResult.status,
  health_score: keyResult.healthScore,
  checkins_count: keyResult.checkins,
  last_checkin_at: keyResult.lastCheckinAt?.toISOString() ?? null,
  ...toFacts(keyResult),
});

export const toCheckIn = (checkIn: Omit<CheckIn, "by">): z.input<typeof goals.CheckIn> => ({
  id: checkIn.id,
  kr_id: checkIn.keyResultId,
  previous_value: checkIn.previousValue,
  value: checkIn.value,
  status: checkIn.status,
  comment: checkIn.comment,
  created_at: checkIn.createdAt.toISOString(),
});

export const toKpi = (kpi: Kpi): z.input<typeof goals.Kpi> => ({
  id: kpi.id,
  name: kpi.name,
  description: kpi.description,
  current: kpi.current,
  target: kpi.target,
  unit: kpi.unit,
  direction: kpi.direction,
  status: kpi.status,
  last_updated: kpi.lastUpdatedAt?.toISOString() ?? null,
  ...toFacts(kpi),
});

export const toKpiUpdate = (update: Omit<KpiUpdate, "by">): z.input<typeof goals.KpiUpdate> => ({
  id: update.id,
  kpi_id: update.kpiId,
  previous_value: update.previousValue,
  new_value: update.newValue,
  comment: update.comment,
  created_at: update.createdAt.toISOString(),
});

export const toCycle = (cycle: Cycle): z.input<typeof goals.Cycle> => ({
  id: cycle.id,
  name: cycle.name,
  starts_on: cycle.startsOn,
  ends_on: cycle.endsOn,
  created_at: cycle.createdAt.toISOString(),
});
