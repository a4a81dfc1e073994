import * as z from "zod";

/** The body of a refusal on the requests surface (that API's documentation, "Errors"). */
export const requestsErrorBody = z
  .object({
    error: z.string().describe("What went wrong"),
    message: z.string().describe("The same message again, for clients that read this field"),
    errors: z
      .record(z.string(), z.array(z.string()))
      .describe("What is wrong with each field; empty where it is about no field"),
    request_id: z
      .string()
      .optional()
      .describe("With a 500: the id of the call in the server's log"),
  })
  .meta({ id: "RequestsError" });
