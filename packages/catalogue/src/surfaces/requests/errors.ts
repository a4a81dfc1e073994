import { z } from "zod";
import type { SurfaceErrors } from "../../surface.ts";

/** How the requests surface refuses (seed 003_6e68e33541840638.txt, "Errors"). */
export const requestsErrors: SurfaceErrors = {
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
      error: z.string().describe("What went wrong"),
      errors: z
        .record(z.string(), z.array(z.string()))
        .describe("What is wrong with each field; empty where it is about no field"),
      request_id: z.string().optional().describe("With a 500: what the log calls this call"),
    })
    .meta({ id: "RequestsError" }),
};
