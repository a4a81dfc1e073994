import { reviewCycleValues } from "@sayso/fields";
import { field, type ValuesOf } from "../fields.ts";

export type ReviewCycleStatus = ReviewCycleValues["status"];

export const reviewCycleFields = {
  name: field("name", reviewCycleValues.name),
  status: field("status", reviewCycleValues.status),
  dueDate: field("due_date", reviewCycleValues.due_date),
};
export type ReviewCycleValues = ValuesOf<typeof reviewCycleFields>;

/** A round of reviews. */
export interface ReviewCycle extends ReviewCycleValues {
  id: string;
  /** The number of different people that its reviews are about, drafts included. */
  revieweeCount: number;
  createdAt: Date;
}

/** The select list of a {@link ReviewCycle}, from `review_cycles c`. */
export const reviewCycleColumns = `
  c.id, c.name, c.status, c.due_date::text as "dueDate", c.created_at as "createdAt",
  (select count(distinct r.employee_id)::int from reviews r where r.review_cycle_id = c.id) as "revieweeCount"`;
