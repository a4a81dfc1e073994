import { DomainError } from "../errors.ts";

/** A place in an organization's feed. */
export interface FeedPlace {
  /** The position of the last event before it. 0: the beginning. */
  position: number;
  /** The first bytes of that event's hash. They show whether a history was restored from an earlier backup. */
  mark: Buffer;
}

const MARK_BYTES = 8;

/** The place before the first event, the same in every history. */
export const beginning: FeedPlace = { position: 0, mark: Buffer.alloc(MARK_BYTES) };

/** Encodes a place as a cursor for callers: 22 characters, opaque to them, that need no escaping anywhere. */
export function encodeCursor({ position, mark }: FeedPlace): string {
  const bytes = Buffer.alloc(8 + MARK_BYTES);
  bytes.writeBigUInt64BE(BigInt(position));
  mark.copy(bytes, 8);
  return bytes.toString("base64url");
}

/**
 * Decodes a cursor.
 *
 * @throws DomainError `validation_failed` if the text was never a cursor
 */
export function decodeCursor(cursor: string): FeedPlace {
  const bytes = Buffer.from(cursor, "base64url");
  if (bytes.length === 8 + MARK_BYTES && bytes.toString("base64url") === cursor) {
    const position = bytes.readBigUInt64BE();
    if (position <= BigInt(Number.MAX_SAFE_INTEGER))
      return { position: Number(position), mark: bytes.subarray(8) };
  }
  throw refusedCursor(
    "malformed_cursor",
    "after is not a cursor of this feed: send next_cursor as it was given, or leave it out to begin at the oldest event",
  );
}

/** The error for a cursor that this history has never given out. */
export const unknownCursor = (): DomainError =>
  refusedCursor(
    "unknown_cursor",
    "after is no place in this organization's feed: it is another organization's, or the database was restored from " +
      "an earlier backup. Begin again without after, or with after=latest",
  );

const refusedCursor = (reason: string, message: string): DomainError =>
  new DomainError("validation_failed", message, {
    details: { reason, fields: [{ field: "after", message }] },
  });
