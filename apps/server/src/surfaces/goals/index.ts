import { goalsOperations, goalsSurface } from "@sayso/catalogue";
import type { Handlers } from "../../http/bind.ts";
import { createRateLimit } from "../../http/rate-limit.ts";
import { serveSurface } from "../../http/served-surface.ts";
import { renderGoalsError } from "./errors.ts";
import { kpiCycleAndTableHandlers } from "./kpis-cycles-tables.ts";
import { objectiveHandlers } from "./objectives.ts";
import { reviewHandlers } from "./reviews.ts";

/** A handler for every operation of the goals surface. */
const goalsHandlers: Handlers<typeof goalsOperations> = {
  ...objectiveHandlers,
  ...kpiCycleAndTableHandlers,
  ...reviewHandlers,
};

export const goals = serveSurface(goalsOperations, goalsHandlers, {
  declared: goalsSurface,
  renderError: renderGoalsError,
  bases: [
    "/api/v1/okrs",
    "/api/v1/key-results",
    "/api/v1/kpis",
    "/api/v1/cycles",
    "/api/v1/review-cycles",
    "/api/v1/reviews",
    "/api/v1/goals",
  ],
  // A goals key has a limit a minute. Every other credential counts against its own hour.
  rateLimit: ({ limiter }) =>
    createRateLimit(limiter, ({ rateLimitPerMinute, rateLimitPerHour }) =>
      rateLimitPerMinute === undefined
        ? { limit: rateLimitPerHour, window: "hour" }
        : { limit: rateLimitPerMinute, window: "minute" },
    ),
});
