import { createHash } from "node:crypto";

/**
 * Returns the SHA-256 of a request body in canonical form (RFC 8785: keys sorted by UTF-16 code units, no white space).
 * So the same body has the same hash in any notation.
 */
export function hashBody(body: unknown): Buffer {
  return createHash("sha256").update(canonicalize(body)).digest();
}

function canonicalize(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalize).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalize(v)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
