import { onlyRow } from "@sayso/database";
import type { Transaction } from "../../transactions/transaction.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { DomainError, invalidInput } from "../../errors.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { requireMember } from "../stored-fields.ts";
import { isUuid } from "../../ids.ts";
import {
  checkAnswers,
  readReviews,
  requireAuthor,
  type Answer,
  type Review,
  type ReviewType,
} from "./review.ts";

export interface NewReview {
  reviewCycleId: string;
  /** The person that the review is about. Default: the author. */
  employeeId?: string;
  /** The type. Default: `self` if the author writes about themselves, otherwise `peer`. */
  type?: ReviewType;
  answers?: Answer[];
}

/**
 * Creates a review as a draft, which nobody but its author sees.
 *
 * @throws DomainError `forbidden` (the caller is a connection, or an app in a person's name), `validation_failed`,
 *   `invalid_state` (the cycle is not active), `conflict` (the author has begun this review already)
 */
export async function createReview(
  context: Context<InOrganization & NewIds>,
  input: NewReview,
): Promise<Review> {
  const author = requireAuthor(context.actor);
  const { answers = [] } = input;
  // Ids are compared as text below, and an upper-case id is the same id.
  const reviewCycleId = input.reviewCycleId.toLowerCase();
  const employeeId = (input.employeeId ?? author.personId).toLowerCase();
  const type = input.type ?? (employeeId === author.personId ? "self" : "peer");
  if ((type === "self") !== (employeeId === author.personId))
    throw invalidInput({
      field: "type",
      message: "type must be self for a review of oneself, and for no other",
    });
  checkAnswers(answers);
  const { services, organizationId } = context;
  return inOrganization(context, async (db) => {
    if (!isUuid(employeeId))
      throw invalidInput({ field: "employee_id", message: "employee_id must be an id" });
    await requireMember(db, employeeId, "employee_id");
    await requireActiveCycle(db, reviewCycleId);
    const id = services.newId();
    const { rowCount } = await db.query(
      `insert into reviews (id, organization_id, review_cycle_id, employee_id, author_id, type, answers)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [
        id,
        organizationId,
        reviewCycleId,
        employeeId,
        author.personId,
        type,
        JSON.stringify(answers),
      ],
    );
    if (rowCount === 0)
      throw new DomainError("conflict", "You have begun this review in this cycle already");
    await recordEvent(db, context, "review.created", {
      review_id: id,
      review_cycle_id: reviewCycleId,
      employee_id: employeeId,
      type,
    });
    return onlyRow(await readReviews(db, context.actor, { id }));
  });
}

/** @throws DomainError `validation_failed` (there is no such cycle), `invalid_state` (it is not active) */
async function requireActiveCycle(db: Transaction, reviewCycleId: string): Promise<void> {
  const { rows } = isUuid(reviewCycleId)
    ? await db.query<{ status: string }>(
        "select status from review_cycles where id = $1 for share",
        [reviewCycleId],
      )
    : { rows: [] };
  if (!rows[0])
    throw invalidInput({
      field: "review_cycle_id",
      message: `review_cycle_id: ${reviewCycleId} is not a review cycle of this organization`,
    });
  if (rows[0].status !== "active")
    throw new DomainError("invalid_state", "This review cycle is not active");
}
