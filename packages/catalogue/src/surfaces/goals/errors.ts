import { z } from "zod";
import type { SurfaceErrors } from "../../surface.ts";

/** How the goals surface refuses (seed 001_676b49f0d804a80c.txt, "Errors" and "Rate limits"). */
export const goalsErrors: SurfaceErrors = {
  statuses: {
    validation_failed: 400,
    unauthenticated: 401,
    forbidden: 403,
    not_found: 404,
    conflict: 409,
    invalid_state: 409,
    rate_limited: 429,
    emergency_stop: 503,
    unavailable: 503,
    internal: 500,
  },
  body: z
    .object({
      error: z
        .string()
        .describe(
          "bad_request, unauthorized, forbidden, not_found, conflict, rate_limit_exceeded, unavailable or server_error",
        ),
      message: z.string().optional().describe("Missing only with rate_limit_exceeded"),
      retry_after_seconds: z.int().optional().describe("Only with rate_limit_exceeded"),
    })
    .meta({ id: "GoalsError" }),
};
