import type { workspaceOperations } from "@sayso/catalogue";
import { getReview, listReviews } from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { toOwnReview, toReview } from "../goals/reviews.ts";

type Operations = Pick<typeof workspaceOperations, "listVisibleReviews" | "getVisibleReview">;

export const reviewPageHandlers: Handlers<Operations> = {
  async listVisibleReviews({ context }) {
    return { status: 200, body: { data: (await listReviews(context)).map(toReview) } };
  },

  async getVisibleReview({ context, params }) {
    return { status: 200, body: toOwnReview(await getReview(context, params.id)) };
  },
};
