import { onlyRow } from "@sayso/database";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { DomainError } from "../../errors.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { lockDraft, readReviews, type Review } from "./review.ts";

/**
 * Shares a draft of the calling person, for good. Then the person that it is about, admins, and connections that may
 * read reviews see it.
 *
 * @throws DomainError `not_found`, `invalid_state` (the review is shared already or has no answers, or its cycle is not
 *   active)
 */
export async function shareReview(
  context: Context<InOrganization & NewIds>,
  reviewId: string,
): Promise<Review> {
  return inOrganization(context, async (db) => {
    await lockDraft(db, context.actor, reviewId);
    const { rows } = await db.query<{ isOpen: boolean; isFilled: boolean; employeeId: string }>(
      `select c.status = 'active' as "isOpen", json_array_length(r.answers) > 0 as "isFilled",
         r.employee_id as "employeeId"
       from reviews r join review_cycles c on c.id = r.review_cycle_id where r.id = $1`,
      [reviewId],
    );
    if (!rows[0]?.isOpen) throw new DomainError("invalid_state", "This review cycle is not active");
    if (!rows[0].isFilled)
      throw new DomainError("invalid_state", "A review needs an answer before it is shared");
    await db.query(
      "update reviews set status = 'shared', shared_at = now(), updated_at = now() where id = $1",
      [reviewId],
    );
    await recordEvent(db, context, "review.shared", {
      review_id: reviewId,
      employee_id: rows[0].employeeId,
    });
    return onlyRow(await readReviews(db, context.actor, { id: reviewId }));
  });
}
