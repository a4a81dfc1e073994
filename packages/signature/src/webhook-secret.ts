import { randomBytes } from "node:crypto";

const PREFIX = "whsec_";
const KEY_BYTES_MIN = 24;
const KEY_BYTES_MAX = 64;

/**
 * Creates a signing secret: `whsec_` and the base64 of 32 random bytes.
 * Source: Standard Webhooks 1.0, "Signature scheme" (secret serialization).
 */
export function createWebhookSecret(): string {
  return PREFIX + randomBytes(32).toString("base64");
}

/**
 * Returns the HMAC key inside a `whsec_…` secret: 24 to 64 bytes, the bounds of Standard Webhooks 1.0, "Signature
 * scheme".
 *
 * Throws a RangeError, which never repeats the secret, when it has no `whsec_`, is not canonical base64, or is too
 * short or long.
 */
export function decodeWebhookSecret(secret: string): Buffer {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : "";
  const key = Buffer.from(encoded, "base64");
  if (
    // Buffer skips characters that are not base64, so a damaged secret would sign with another key than the one that
    // the receiver decodes.
    key.toString("base64") !== encoded ||
    key.length < KEY_BYTES_MIN ||
    key.length > KEY_BYTES_MAX
  ) {
    throw new RangeError(
      `a webhook secret is ${PREFIX} and the base64 of ${KEY_BYTES_MIN} to ${KEY_BYTES_MAX} bytes`,
    );
  }
  return key;
}
