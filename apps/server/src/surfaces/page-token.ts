import { invalidInput, type Place } from "@sayso/core";

/** Writes a place in a list as an opaque text that fits into an address. */
export function writePageToken({ createdAt, id, isAscending }: Place): string {
  return Buffer.from(`${createdAt.getTime()} ${id} ${isAscending ? "a" : "d"}`).toString(
    "base64url",
  );
}

/**
 * Reads the place that a token stands for; null: there is no token.
 *
 * @param field the caller's name of the field
 * @throws DomainError `validation_failed`: no list returned this token
 */
export function readPageToken(token: string | undefined, field: string): Place | null {
  if (token === undefined || token === "") return null;
  const text = Buffer.from(token, "base64url").toString("latin1");
  const parts = /^(\d{1,15}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([ad])$/.exec(text);
  if (!parts || writePageTokenOf(text) !== token) {
    throw invalidInput({
      field,
      message: `${field}: is not a token of this list; leave it out to start from the beginning`,
    });
  }
  const [, ms = "", id = "", order] = parts;
  return { createdAt: new Date(Number(ms)), id, isAscending: order === "a" };
}

const writePageTokenOf = (text: string): string => Buffer.from(text).toString("base64url");
