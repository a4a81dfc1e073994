import { createHash } from "node:crypto";

/** An event as the chain is made of it. */
export interface ChainedEvent {
  id: string;
  requestId: string | null;
  sequence: number;
  type: string;
  actorKind: string;
  actorId: string | null;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  /** As it is stored, character for character. */
  data: string;
}

/** What an organization's chain begins with, in place of a previous entry's hash. */
export const seedOf = (organizationId: string): Buffer => Buffer.from(organizationId);

/**
 * The hash of an entry: SHA-256 of the previous one's and of this event's text, which is its fields, without those
 * that are null, each on a line. As entry_text and append_to_feed, but made anew: whoever alters the
 * database might have altered those as well.
 */
export function entryHash(previous: Buffer, event: ChainedEvent): Buffer {
  const { id, requestId, sequence, type, actorKind, actorId, createdAtMs, data } = event;
  const text = [id, requestId, sequence, type, actorKind, actorId, createdAtMs, data]
    .filter((field) => field !== null)
    .join("\n");
  return createHash("sha256").update(previous).update(text).digest();
}
