import { z } from "zod";

/** How the changes surface refuses: the envelope of that API's own reference. */
export const changesErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      status: z.int().describe("The answer's status again"),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({ id: "ChangesError" });
