import * as z from "zod";

/** The body of a refusal on the approvals surface (that API's documentation, "Response Format"). */
export const approvalsErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    code: z.string().describe("The same code again, for clients that read this field"),
    message: z.string().describe("The same message again, for clients that read this field"),
  })
  .meta({ id: "Error" });
