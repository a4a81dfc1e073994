import { z } from "zod";

/** How the approvals surface refuses (seed 000_adb2595ac5653c07.txt, "Response Format"). */
export const approvalsErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    code: z.string().describe("The same code, for clients that look here"),
  })
  .meta({ id: "Error" });
