import { day, field, filledText, oneOf, orNull, type ValuesOf } from "../fields.ts";

const reviewCycleStatuses = ["draft", "active", "closed"] as const;
export type ReviewCycleStatus = (typeof reviewCycleStatuses)[number];

export const reviewCycleFields = {
  name: field("name", filledText(200)),
  status: field("status", oneOf(reviewCycleStatuses)),
  dueDate: field("due_date", orNull(day)),
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
