import * as z from "zod";
import { day, filledLine, id, measure, text } from "./values.ts";

/** The statuses of a goal, from best to worst. */
export const goalStatuses = ["on_track", "at_risk", "off_track"] as const;

const longText = text(5000).nullable();
const unit = text(50).nullable();
const weightError = "must be above 0 and at most 1000";

const ownership = { owner_id: id.nullable(), needs_approval: z.boolean() };

/** The values of an objective that can be set. */
export const objectiveValues = {
  title: filledLine(500),
  description: longText,
  /** Of the whole organization, of a team, or of one person. */
  type: z.enum(["org", "team", "individual"]),
  cycle_id: id.nullable(),
  ...ownership,
};

/** The values of a key result that can be set. `current` is set once, when it is made; check-ins change it. */
export const keyResultValues = {
  title: filledLine(500),
  unit,
  start: measure,
  target: measure,
  current: measure,
  weight: z.number().gt(0, weightError).max(1000, weightError),
  ...ownership,
};

/** The values of a check-in. */
export const checkInValues = {
  value: measure,
  comment: text(5000),
  status: z.enum(goalStatuses),
};

/** The values of a KPI that can be set. `current` is set once, when it is made; updates change it. */
export const kpiValues = {
  name: filledLine(200),
  description: longText,
  unit,
  target: measure,
  current: measure,
  /** The direction in which it gets better: more, or less. */
  direction: z.enum(["increase", "decrease"]),
  ...ownership,
};

/** The values of a KPI's update. */
export const kpiUpdateValues = { value: measure, comment: text(5000) };

export const cycleValues = { name: filledLine(200), starts_on: day, ends_on: day };

export const reviewCycleValues = {
  name: filledLine(200),
  status: z.enum(["draft", "active", "closed"]),
  due_date: day.nullable(),
};

export const answerValues = { question: filledLine(500), answer: text(10_000) };

/** The answers of a review. */
export const answersValue = z.array(z.object(answerValues)).max(50);
