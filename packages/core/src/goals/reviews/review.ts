import { answersValue } from "@sayso/fields";
import type { Transaction } from "../../transactions/transaction.ts";
import { isAdmin, type Actor, type PersonActor } from "../../actors/actor.ts";
import { DomainError, notFound } from "../../errors.ts";
import { checkFields } from "../../read-field.ts";
import { isUuid } from "../../ids.ts";

/** The types of a review, by its author: the person themselves, their manager, or a peer. */
export const reviewTypes = ["self", "manager", "peer"] as const;
export type ReviewType = (typeof reviewTypes)[number];

export interface Answer {
  question: string;
  answer: string;
}

/** A review that one person wrote about another, or about themselves. */
export interface Review {
  id: string;
  reviewCycleId: string;
  cycleName: string;
  employeeId: string;
  employeeName: string;
  authorId: string;
  authorName: string;
  type: ReviewType;
  status: "draft" | "shared";
  answers: Answer[];
  sharedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

const reviewColumns = `
  r.id, r.review_cycle_id as "reviewCycleId", c.name as "cycleName", r.employee_id as "employeeId",
  employee.name as "employeeName", r.author_id as "authorId", author.name as "authorName", r.type, r.status, r.answers,
  r.shared_at as "sharedAt", r.created_at as "createdAt", r.updated_at as "updatedAt"`;

const reviewTables = `
  reviews r join review_cycles c on c.id = r.review_cycle_id
  join people employee on employee.id = r.employee_id join people author on author.id = r.author_id`;

const REVIEWS_MAX = 500;

/**
 * Returns at most 500 reviews that the actor may see, newest first, within the organization's transaction. Its two
 * people, admins and connections see a shared review. Only its author sees a draft, and no app in their name does.
 */
export async function readReviews(
  db: Transaction,
  actor: Actor,
  filter: { id?: string; reviewCycleId?: string; sharedOnly?: boolean },
): Promise<Review[]> {
  const personId = actor.kind === "person" ? actor.personId : null;
  const seesAllShared = personId === null || isAdmin(actor);
  const writesDrafts = actor.kind === "person" && actor.via !== "oauth" && !filter.sharedOnly;
  const { rows } = await db.query<Review>(
    `select ${reviewColumns} from ${reviewTables}
     where ($1::uuid is null or r.id = $1) and ($2::uuid is null or r.review_cycle_id = $2)
       and case r.status
         when 'shared' then $3 or $4::uuid in (r.employee_id, r.author_id)
         else $5 and r.author_id = $4 end
     order by r.created_at desc, r.id desc limit ${REVIEWS_MAX}`,
    [filter.id, filter.reviewCycleId, seesAllShared, personId, writesDrafts],
  );
  return rows;
}

/**
 * Locks a draft that the actor wrote. A connection has no drafts, and an app sees none of its person's.
 *
 * @throws DomainError `not_found`, `invalid_state` (the review is shared)
 */
export async function lockDraft(db: Transaction, actor: Actor, reviewId: string): Promise<void> {
  if (actor.kind !== "person" || actor.via === "oauth" || !isUuid(reviewId))
    throw notFound("Review");
  const { rows } = await db.query<{ status: string }>(
    "select status from reviews where id = $1 and author_id = $2 for no key update",
    [reviewId, actor.personId],
  );
  if (!rows[0]) throw notFound("Review");
  if (rows[0].status === "shared")
    throw new DomainError("invalid_state", "A shared review can't be changed");
}

/**
 * Accepts only a person who writes in person: no connection, and no app in their name.
 *
 * @throws DomainError `forbidden`
 */
export function requireAuthor(actor: Actor): PersonActor {
  if (actor.kind === "person" && actor.via !== "oauth") return actor;
  throw new DomainError("forbidden", "Only a signed-in person may write reviews");
}

/** @throws DomainError `validation_failed`: there are too many answers, or a text is empty or too long */
export const checkAnswers = (answers: readonly Answer[]): void =>
  checkFields({ answers: answersValue }, { answers });
