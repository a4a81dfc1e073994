import { text, wholeNumber } from "../../text.ts";
import { z } from "zod";

/** The query parameters of this surface's lists. */
export const walk = {
  pageToken: text(300)
    .optional()
    .describe("The nextPageToken of the answer before: a place in the list, in either direction"),
  limit: wholeNumber(1, 100).default(10).describe("How many results at most"),
  reverse: z
    .enum(["true", "false"])
    .default("false")
    .describe("true: oldest first; with a pageToken, back towards the beginning"),
};
