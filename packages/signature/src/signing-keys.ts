import { createSecretKey, type KeyObject } from "node:crypto";
import { decodeWebhookSecret } from "./webhook-secret.ts";

/** The largest number of secrets whose keys are kept. The oldest are dropped first. */
const KEPT_MAX = 1_000;

/**
 * Caches the key of each secret. Making a key from a secret's bytes costs six times as much as signing with it, and
 * each receiver's secret signs many times.
 */
function keepKeys(bytesOf: (secret: string) => Buffer): (secret: string) => KeyObject {
  const kept = new Map<string, KeyObject>();
  return (secret) => {
    const known = kept.get(secret);
    if (known) return known;
    const key = createSecretKey(bytesOf(secret));
    kept.set(secret, key);
    const oldest = kept.size > KEPT_MAX ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    return key;
  };
}

/** The key inside a `whsec_…` secret; throws as `decodeWebhookSecret` does. */
export const standardKey = keepKeys(decodeWebhookSecret);

/** The UTF-8 bytes of the secret as people see it. */
export const legacyKey = keepKeys((secret) => Buffer.from(secret));
