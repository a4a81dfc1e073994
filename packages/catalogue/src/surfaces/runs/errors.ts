import { z } from "zod";

/** How the runs surface refuses. Its seed (002_862c9771e2971e6f.txt) shows only that a 404 is JSON. */
export const runsErrorBody = z
  .object({
    code: z.string().describe("Stable, for programs: not_found, forbidden, …"),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "RunsError" });
