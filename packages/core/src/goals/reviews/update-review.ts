import { onlyRow } from "@sayso/database";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { checkAnswers, lockDraft, readReviews, type Answer, type Review } from "./review.ts";

/**
 * Replaces the answers of a draft of the calling person.
 *
 * @throws DomainError `not_found`, `validation_failed`, `invalid_state` (the review is shared)
 */
export async function updateReview(
  context: Context<InOrganization & NewIds>,
  reviewId: string,
  answers: Answer[],
): Promise<Review> {
  checkAnswers(answers);
  return inOrganization(context, async (db) => {
    await lockDraft(db, context.actor, reviewId);
    await db.query("update reviews set answers = $2, updated_at = now() where id = $1", [
      reviewId,
      JSON.stringify(answers),
    ]);
    await recordEvent(db, context, "review.updated", { review_id: reviewId });
    return onlyRow(await readReviews(db, context.actor, { id: reviewId }));
  });
}
