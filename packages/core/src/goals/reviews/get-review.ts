import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { readReviews, type Review } from "./review.ts";

/**
 * Returns one review that the actor may see.
 *
 * @param options.sharedOnly true: a draft is not found, not even by its author
 * @throws DomainError `not_found`, also for another person's draft
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
