import { z } from "zod";

/** How the goals surface refuses (seed 001_676b49f0d804a80c.txt, "Errors" and "Rate limits"). */
export const goalsErrorBody = z
  .object({
    error: z
      .string()
      .describe(
        "bad_request, unauthorized, forbidden, not_found, conflict, rate_limit_exceeded, unavailable or server_error",
      ),
    message: z.string().optional().describe("Missing only with rate_limit_exceeded"),
    retry_after_seconds: z.int().optional().describe("Only with rate_limit_exceeded"),
  })
  .meta({ id: "GoalsError" });
