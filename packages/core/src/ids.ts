import { createHash } from "node:crypto";
import { v7 } from "uuid";

/** Returns a new UUIDv7 (RFC 9562 §5.7). It sorts by the time at which it was made, so indexes grow at their end. */
export const newId = (): string => v7();

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Says whether the database can read this text as an id. */
export const isUuid = (text: string): boolean => uuid.test(text);

/** Returns the id for a cause or a name: always the same UUIDv8 (RFC 9562 §5.8) for the same text. */
export function derivedId(cause: string): string {
  const bytes = createHash("sha256").update(cause).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
