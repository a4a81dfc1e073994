import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { id } from "../../text.ts";
import { listOf } from "../approvals/schemas.ts";
import { OwnReview, Review } from "../goals/reviews.ts";

const listVisibleReviews = defineOperation({
  key: "visible_review.list",
  http: { method: "GET", path: "/api/v1/me/reviews" },
  scope: "reviews:read",
  caller: "person",
  label: "List Visible Reviews",
  description:
    "Your own drafts and the reviews that were shared with you, newest first, 500 at most",
  input: {},
  responses: { 200: listOf(Review) },
  errors: ["forbidden", "rate_limited"],
});

const getVisibleReview = defineOperation({
  key: "visible_review.get",
  http: { method: "GET", path: "/api/v1/me/reviews/{id}" },
  scope: "reviews:read",
  caller: "person",
  label: "Get Visible Review",
  description: "One review with its answers: your own draft, or one that was shared with you",
  input: { params: z.object({ id: id.describe("The review") }) },
  responses: { 200: OwnReview },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations that show reviews as a person sees them, their own drafts included. */
export const reviewPageOperations = { listVisibleReviews, getVisibleReview };

export const reviewPageResources = {
  visible_review: {
    label: "Visible Review",
    description: "A review as its author or who may read it sees it",
  },
};
