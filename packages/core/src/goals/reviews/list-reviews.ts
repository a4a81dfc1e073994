import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { readReviews, type Review } from "./review.ts";

/**
 * Lists the reviews that the actor may see, newest first, at most 500: reviews shared with them, and their own drafts.
 *
 * @param filter.sharedOnly true: drafts are left out
 */
export function listReviews(
  context: Context<InOrganization>,
  filter: { reviewCycleId?: string; sharedOnly?: boolean } = {},
): Promise<Review[]> {
  if (filter.reviewCycleId !== undefined && !isUuid(filter.reviewCycleId))
    return Promise.resolve([]);
  return inOrganization(context, (db) => readReviews(db, context.actor, filter));
}
