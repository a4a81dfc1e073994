import { z } from "zod";
import type { SurfaceErrors } from "../../surface.ts";

/** How the approvals surface refuses (seed 000_adb2595ac5653c07.txt, "Response Format"). */
export const approvalsErrors: SurfaceErrors = {
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
        details: z.record(z.string(), z.unknown()).optional(),
      }),
      code: z.string().describe("The same code, for clients that look here"),
    })
    .meta({ id: "Error" }),
};
