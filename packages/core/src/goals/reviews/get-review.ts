import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { readReviews, type Review } from "./review.ts";

/**
 * One review that the actor may see.
 *
 * @param options.sharedOnly a draft is not there, not even for its author
 * @throws DomainError `not_found`: a draft of somebody else looks the same as none
 */
export async function getReview(
  context: Context<InOrganization>,
  reviewId: string,
  options: { sharedOnly?: boolean } = {},
): Promise<Review> {
  if (!isUuid(reviewId)) throw notFound("Review");
  const [review] = await inOrganization(context, (db) =>
    readReviews(db, context.actor, { id: reviewId, ...options }),
  );
  if (!review) throw notFound("Review");
  return review;
}
