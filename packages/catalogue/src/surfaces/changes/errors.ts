import { z } from "zod";
import type { SurfaceErrors } from "../../surface.ts";

/** How the changes surface refuses: the envelope of that API's own reference. */
export const changesErrors: SurfaceErrors = {
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
      error: z.object({
        code: z.string(),
        message: z.string(),
        status: z.int().describe("The answer's status again"),
        details: z.record(z.string(), z.unknown()).optional(),
      }),
    })
    .meta({ id: "ChangesError" }),
};
