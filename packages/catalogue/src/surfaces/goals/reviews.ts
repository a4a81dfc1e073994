import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { answerValues, day, id, reviewCycleValues, timestamp } from "@sayso/fields";
import { exampleIds, exampleReview, exampleReviewCycle } from "./examples.ts";
import { changing } from "./schemas.ts";

const CycleStatus = reviewCycleValues.status.meta({ id: "ReviewCycleStatus" });
const ReviewType = z.enum(["self", "manager", "peer"]).meta({ id: "ReviewType" });

export const ReviewCycle = z
  .object({
    id,
    name: z.string(),
    status: CycleStatus,
    due_date: day.nullable(),
    reviewee_count: z.int().describe("The number of people that its reviews are about"),
    created_at: timestamp,
  })
  .meta({ id: "ReviewCycle", examples: [exampleReviewCycle] });

const listReviewCycles = defineOperation({
  key: "review_cycle.list",
  http: { method: "GET", path: "/api/v1/review-cycles" },
  scope: "reviews:read",
  label: "List Review Cycles",
  description: "List the review cycles, newest first",
  input: {},
  responses: { 200: z.array(ReviewCycle) },
  errors: ["rate_limited"],
});

const cycleSettings = {
  status: CycleStatus.optional().describe(
    "Default: active. People write reviews while the cycle is active",
  ),
  due_date: reviewCycleValues.due_date.optional().describe("The due date for sharing reviews"),
};

const createReviewCycle = defineOperation({
  key: "review_cycle.create",
  http: { method: "POST", path: "/api/v1/review-cycles" },
  scope: "reviews:write",
  adminOnly: true,
  label: "Create Review Cycle",
  description: "Create a review cycle",
  input: {
    body: z.object({
      name: reviewCycleValues.name.describe("The name of the review cycle"),
      ...cycleSettings,
    }),
  },
  responses: { 201: ReviewCycle },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited"],
  example: { body: { name: "Q2 2026 Mid-Year Review", due_date: "2026-05-03" } },
});

const updateReviewCycle = defineOperation({
  key: "review_cycle.update",
  http: { method: "PATCH", path: "/api/v1/review-cycles/{id}" },
  scope: "reviews:write",
  adminOnly: true,
  label: "Update Review Cycle",
  description: "Change a review cycle's name, status or due date",
  input: {
    params: z.object({ id: id.describe("The review cycle") }),
    body: changing(
      z.object({
        name: reviewCycleValues.name.optional().describe("The name of the review cycle"),
        ...cycleSettings,
      }),
    ),
  },
  responses: { 200: ReviewCycle },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  example: { body: { status: "closed" } },
});

const byId = z.object({ id: id.describe("The review") });

const Answer = z
  .object({
    question: answerValues.question.describe("What was asked"),
    answer: answerValues.answer.describe("The author's answer"),
  })
  .meta({ id: "ReviewAnswer" });
const answers = z.array(Answer).max(50);
const exampleAnswers = [
  { question: "What went well this cycle?", answer: "Shipped the onboarding redesign on time" },
];

export const Review = z
  .object({
    id,
    review_cycle_id: id,
    cycle: z.string(),
    employee: z.string(),
    employee_id: id,
    author: z.string(),
    author_id: id,
    type: ReviewType,
    status: z.enum(["draft", "shared"]),
    shared_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({ id: "Review", examples: [exampleReview] });

export const OwnReview = Review.extend({ answers: z.array(Answer) }).meta({
  id: "OwnReview",
  examples: [{ ...exampleReview, status: "draft", shared_at: null, answers: exampleAnswers }],
});

const listReviews = defineOperation({
  key: "review.list",
  http: { method: "GET", path: "/api/v1/reviews" },
  scope: "reviews:read",
  label: "List Shared Reviews",
  description:
    "List shared reviews without their answers, newest first, at most 500; members see the reviews that they wrote and those about them",
  input: {
    query: z.object({
      review_cycle_id: id.optional().describe("Only reviews of this review cycle"),
    }),
  },
  responses: { 200: z.array(Review) },
  errors: ["validation_failed", "rate_limited"],
});

const getReviewSummary = defineOperation({
  key: "review.summarize",
  http: { method: "GET", path: "/api/v1/reviews/{id}/summary" },
  scope: "reviews:read",
  label: "Get Review Summary",
  description: "Read the questions and answers of a shared review; drafts are not found",
  input: { params: byId },
  responses: {
    200: z
      .object({
        review_id: id,
        employee: z.string(),
        cycle: z.string(),
        type: ReviewType,
        status: z.literal("shared"),
        answers: z.array(Answer),
        shared_at: timestamp,
      })
      .meta({
        id: "ReviewSummary",
        examples: [
          {
            review_id: exampleIds.review,
            employee: exampleReview.employee,
            cycle: exampleReview.cycle,
            type: "self",
            status: "shared",
            answers: exampleAnswers,
            shared_at: exampleReview.shared_at,
          },
        ],
      }),
  },
  errors: ["not_found", "rate_limited"],
});

const createReview = defineOperation({
  key: "review.create",
  http: { method: "POST", path: "/api/v1/reviews" },
  scope: "reviews:write",
  label: "Create Review",
  description: "Create a review in your name, as a draft that only you see",
  input: {
    body: z.object({
      review_cycle_id: id.describe("The review cycle of the review"),
      employee_id: id.optional().describe("The person that the review is about; default: yourself"),
      type: ReviewType.optional().describe("Default: self about yourself, else peer"),
      answers: answers
        .optional()
        .describe("The questions with your answers; you can add them later"),
    }),
  },
  responses: { 201: OwnReview },
  errors: ["validation_failed", "forbidden", "conflict", "invalid_state", "rate_limited"],
  example: { body: { review_cycle_id: exampleIds.reviewCycle, answers: exampleAnswers } },
});

const updateReview = defineOperation({
  key: "review.update",
  http: { method: "PATCH", path: "/api/v1/reviews/{id}" },
  scope: "reviews:write",
  label: "Update Review",
  description: "Replace the answers of your own draft",
  input: {
    params: byId,
    body: z.object({ answers: answers.describe("All questions with your answers") }),
  },
  responses: { 200: OwnReview },
  errors: ["validation_failed", "forbidden", "not_found", "invalid_state", "rate_limited"],
  example: { body: { answers: exampleAnswers } },
});

const shareReview = defineOperation({
  key: "review.share",
  http: { method: "POST", path: "/api/v1/reviews/{id}/share" },
  scope: "reviews:write",
  label: "Share Review",
  description: "Share your own draft; this can't be undone",
  input: { params: byId },
  responses: { 200: OwnReview },
  errors: ["not_found", "invalid_state", "rate_limited"],
});

const deleteReview = defineOperation({
  key: "review.delete",
  http: { method: "DELETE", path: "/api/v1/reviews/{id}" },
  scope: "reviews:write",
  label: "Delete Review",
  description: "Delete your own draft",
  input: { params: byId },
  responses: { 200: z.object({ id, deleted: z.literal(true) }) },
  errors: ["not_found", "invalid_state", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const reviewOperations = {
  listReviewCycles,
  createReviewCycle,
  updateReviewCycle,
  listReviews,
  createReview,
  updateReview,
  deleteReview,
  shareReview,
  getReviewSummary,
};
