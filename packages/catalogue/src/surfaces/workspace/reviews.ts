import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id } from "@sayso/fields";
import { listOf } from "../approvals/schemas.ts";
import { OwnReview, Review } from "../goals/reviews.ts";

const listVisibleReviews = defineOperation({
  key: "visible_review.list",
  http: { method: "GET", path: "/api/v1/me/reviews" },
  scope: "reviews:read",
  caller: "person",
  label: "List Visible Reviews",
  description: "List your own drafts and the reviews shared with you, newest first, at most 500",
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
  description: "Read one review with its answers: your own draft, or a review shared with you",
  input: { params: z.object({ id: id.describe("The review") }) },
  responses: { 200: OwnReview },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations that show reviews as a person sees them, their own drafts included. */
export const reviewPageOperations = { listVisibleReviews, getVisibleReview };

export const reviewPageResources = {
  visible_review: {
    label: "Visible Review",
    description: "A review that the caller may read",
  },
};
