import * as z from "zod";

/** The body of a refusal on the changes surface: the envelope in that API's own reference. */
export const changesErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      status: z.int().describe("The answer's status again"),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    message: z.string().describe("The same message again, for clients that read this field"),
  })
  .meta({ id: "ChangesError" });
