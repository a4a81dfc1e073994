import * as z from "zod";

/** The body of a refusal on the runs surface. That API's documentation shows only that a 404 is JSON. */
export const runsErrorBody = z
  .object({
    code: z.string().describe("Stable, for programs: not_found, forbidden, …"),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "RunsError" });
