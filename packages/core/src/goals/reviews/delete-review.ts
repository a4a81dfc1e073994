import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { lockDraft } from "./review.ts";

/**
 * Throws one's own draft away.
 *
 * @throws DomainError `not_found`, `invalid_state` (what was shared stays)
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
