import type { goalsOperations } from "@sayso/catalogue";
import {
  createReview,
  createReviewCycle,
  deleteReview,
  getReview,
  listReviewCycles,
  listReviews,
  notFound,
  shareReview,
  updateReview,
  updateReviewCycle,
  type Review,
  type ReviewCycle,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<
  typeof goalsOperations,
  | "listReviewCycles"
  | "createReviewCycle"
  | "updateReviewCycle"
  | "listReviews"
  | "createReview"
  | "updateReview"
  | "deleteReview"
  | "shareReview"
  | "getReviewSummary"
>;

export const reviewHandlers: Handlers<Operations> = {
  async listReviewCycles({ context }) {
    return { status: 200, body: (await listReviewCycles(context)).map(toReviewCycle) };
  },

  async createReviewCycle({ context, body }) {
    const { due_date: dueDate, ...rest } = body;
    const cycle = await createReviewCycle(context, { ...rest, dueDate });
    return { status: 201, body: toReviewCycle(cycle) };
  },

  async updateReviewCycle({ context, params, body }) {
    const { due_date: dueDate, ...rest } = body;
    const cycle = await updateReviewCycle(context, params.id, { ...rest, dueDate });
    return { status: 200, body: toReviewCycle(cycle) };
  },

  async listReviews({ context, query }) {
    const shared = { reviewCycleId: query.review_cycle_id, sharedOnly: true };
    return { status: 200, body: (await listReviews(context, shared)).map(toReview) };
  },

  async getReviewSummary({ context, params }) {
    const review = await getReview(context, params.id, { sharedOnly: true });
    const { sharedAt } = review;
    if (!sharedAt) throw notFound("Review");
    return {
      status: 200,
      body: {
        review_id: review.id,
        employee: review.employeeName,
        cycle: review.cycleName,
        type: review.type,
        status: "shared",
        answers: review.answers,
        shared_at: sharedAt.toISOString(),
      },
    };
  },

  async createReview({ context, body }) {
    const review = await createReview(context, {
      reviewCycleId: body.review_cycle_id,
      employeeId: body.employee_id,
      type: body.type,
      answers: body.answers,
    });
    return { status: 201, body: toOwnReview(review) };
  },

  async updateReview({ context, params, body }) {
    const review = await updateReview(context, params.id, body.answers);
    return { status: 200, body: toOwnReview(review) };
  },

  async shareReview({ context, params }) {
    return { status: 200, body: toOwnReview(await shareReview(context, params.id)) };
  },

  async deleteReview({ context, params }) {
    await deleteReview(context, params.id);
    return { status: 200, body: { id: params.id, deleted: true } };
  },
};

const toReviewCycle = (cycle: ReviewCycle) => ({
  id: cycle.id,
  name: cycle.name,
  status: cycle.status,
  due_date: cycle.dueDate,
  reviewee_count: cycle.revieweeCount,
  created_at: cycle.createdAt.toISOString(),
});

export const toReview = (review: Review) => ({
  id: review.id,
  review_cycle_id: review.reviewCycleId,
  cycle: review.cycleName,
  employee: review.employeeName,
  employee_id: review.employeeId,
  author: review.authorName,
  author_id: review.authorId,
  type: review.type,
  status: review.status,
  shared_at: review.sharedAt?.toISOString() ?? null,
  created_at: review.createdAt.toISOString(),
});

export const toOwnReview = (review: Review) => ({ ...toReview(review), answers: review.answers });
