import type { FeedHeads } from "@sayso/core";

/** PostgreSQL's limit for the text of a NOTIFY is 8,000 bytes. */
const CHARACTERS_MAX = 7900;

/** Writes heads as the text of a hint: `<organization>:<position>`, separated by commas; empty if they are too many. */
export function writeHeads(heads: FeedHeads): string {
  const text = [...heads]
    .map(([organizationId, position]) => `${organizationId}:${position}`)
    .join();
  return text.length <= CHARACTERS_MAX ? text : "";
}

/** Reads the heads of a hint; null: the hint names none, or can't be read. */
export function readHeads(text: string): FeedHeads | null {
  const heads = new Map<string, number>();
  for (const part of text.split(",")) {
    const [organizationId, position] = part.split(":");
    if (!organizationId || !/^\d{1,15}$/.test(position ?? "")) return null;
    heads.set(organizationId, Number(position));
  }
  return heads;
}
