import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { lockDraft } from "./review.ts";

/**
 * Deletes a draft of the calling person.
 *
 * @throws DomainError `not_found`, `invalid_state` (the review is shared, and stays)
 */
export async function deleteReview(
  context: Context<InOrganization & NewIds>,
  reviewId: string,
): Promise<void> {
  await inOrganization(context, async (db) => {
    await lockDraft(db, context.actor, reviewId);
    await db.query("delete from reviews where id = $1", [reviewId]);
    await recordEvent(db, context, "review.deleted", { review_id: reviewId });
  });
}
