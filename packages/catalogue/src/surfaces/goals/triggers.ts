import { defineTrigger, type Trigger } from "../../trigger.ts";
import { Event } from "../approvals/events.ts";
import { exampleEvent } from "../approvals/examples.ts";
import {
  exampleActor,
  exampleCheckIn,
  exampleIds,
  exampleKeyResult,
  exampleKpi,
  exampleKpiUpdate,
  exampleObjective,
} from "./examples.ts";
import type { GoalsEventType } from "./event-labels.ts";

/** The part that these triggers share. Events of goals are in the same feed as all others, and this scope reads it. */
const shared = {
  scope: "approvals:read",
  item: Event,
  // n8n has one trigger for all events.
  platforms: ["zapier", "make"],
} as const satisfies Partial<Trigger>;

const event = (type: GoalsEventType, data: Record<string, unknown>) => ({
  ...exampleEvent,
  type,
  sequence: 0,
  request_id: null,
  actor: exampleActor,
  data,
  request: null,
});

/** The triggers of automations on the goals surface. */
export const goalsTriggers = {
  kpiUpdated: defineTrigger({
    key: "kpi.updated",
    events: ["kpi.updated"],
    label: "KPI Updated",
    description: "Triggers when a new value of a KPI is recorded.",
    ...shared,
    example: event("kpi.updated", {
      kpi_update_id: exampleIds.kpiUpdate,
      kpi_id: exampleIds.kpi,
      name: exampleKpi.name,
      previous_value: exampleKpiUpdate.previous_value,
      new_value: exampleKpiUpdate.new_value,
      target: exampleKpi.target,
      unit: exampleKpi.unit,
      status: exampleKpi.status,
      comment: exampleKpiUpdate.comment,
    }),
  }),

  checkInRecorded: defineTrigger({
    key: "checkin.recorded",
    events: ["checkin.recorded"],
    label: "Check-in Recorded",
    description: "Triggers when somebody checks in on a key result.",
    ...shared,
    example: event("checkin.recorded", {
      checkin_id: exampleIds.checkIn,
      key_result_id: exampleIds.keyResult,
      objective_id: exampleIds.objective,
      title: exampleKeyResult.title,
      previous_value: exampleCheckIn.previous_value,
      value: exampleCheckIn.value,
      target: exampleKeyResult.target,
      unit: exampleKeyResult.unit,
      status: exampleCheckIn.status,
      comment: exampleCheckIn.comment,
    }),
  }),

  objectiveCreated: defineTrigger({
    key: "objective.created",
    events: ["objective.created"],
    label: "Objective Created",
    description: "Triggers when somebody creates an objective.",
    ...shared,
    platforms: ["zapier"],
    example: event("objective.created", {
      objective_id: exampleIds.objective,
      title: exampleObjective.title,
      type: exampleObjective.type,
      cycle_id: exampleIds.cycle,
    }),
  }),
};
