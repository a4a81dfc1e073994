import * as z from "zod";

/** The body of a refusal on the goals surface (that API's documentation, "Errors" and "Rate limits"). */
export const goalsErrorBody = z
  .object({
    error: z
      .string()
      .describe(
        "bad_request, unauthorized, forbidden, not_found, conflict, rate_limit_exceeded, unavailable or server_error",
      ),
    message: z.string(),
    retry_after_seconds: z.int().optional().describe("Only with rate_limit_exceeded"),
  })
  .meta({ id: "GoalsError" });
