import { text } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
import * as z from "zod";

/** The query parameters of this surface's lists. */
export const walk = {
  pageToken: text(300)
    .optional()
    .describe(
      "The nextPageToken of the previous response: a position in the list, in either direction",
    ),
  limit: wholeNumberText(1, 100).default(10).describe("The maximum number of results"),
  reverse: z
    .enum(["true", "false"])
    .default("false")
    .describe("true: oldest first; with a pageToken, back towards the beginning"),
};
