import { z } from "zod";
import type { SurfaceErrors } from "../../surface.ts";

/** How the runs surface refuses. Its seed (002_862c9771e2971e6f.txt) shows only that a 404 is JSON. */
export const runsErrors: SurfaceErrors = {
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
      code: z.string().describe("Stable, for programs: not_found, forbidden, …"),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    })
    .meta({ id: "RunsError" }),
};
