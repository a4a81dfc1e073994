import type { Walk, WalkedPage } from "@sayso/core";
import { readPageToken, writePageToken } from "../page-token.ts";

/**
 * Reads from the query where a list begins, its order, and its limit.
 *
 * @throws DomainError `validation_failed`
 */
export const readWalk = (query: {
  pageToken?: string;
  limit: number;
  reverse: "true" | "false";
}): Walk => ({
  from: readPageToken(query.pageToken, "pageToken"),
  isAscending: query.reverse === "true",
  limit: query.limit,
});

/** Renders a stretch of a list as this surface shows it. */
export const toStretch = <Item, Shown>(
  { items, next }: WalkedPage<Item>,
  show: (item: Item) => Shown,
) => ({ results: items.map(show), ...(next && { nextPageToken: writePageToken(next) }) });
