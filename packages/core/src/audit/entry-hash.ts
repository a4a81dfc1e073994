import { createHash } from "node:crypto";

/** An event in the form that the chain hashes. */
export interface ChainedEvent {
  id: string;
  requestId: string | null;
  sequence: number;
  type: string;
  actorKind: string;
  actorId: string | null;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  /** The data as it is stored, character for character. */
  data: string;
}

/** Returns the start of an organization's chain, in place of a previous entry's hash. */
export const seedOf = (organizationId: string): Buffer => Buffer.from(organizationId);

/**
 * Returns the hash of an entry: SHA-256 of the previous entry's hash and of this event's text. The text is the event's
 * fields, each on a line, without those that are null. It is the same as entry_text and append_to_feed compute in the
 * database, but written anew here, because an attacker who alters the database could alter those functions as well.
 */
export function entryHash(previous: Buffer, event: ChainedEvent): Buffer {
  const { id, requestId, sequence, type, actorKind, actorId, createdAtMs, data } = event;
  const text = [id, requestId, sequence, type, actorKind, actorId, createdAtMs, data]
    .filter((field) => field !== null)
    .join("\n");
  return createHash("sha256").update(previous).update(text).digest();
}
