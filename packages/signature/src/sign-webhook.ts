import { createHmac } from "node:crypto";
import { legacyKey, standardKey } from "./signing-keys.ts";

/**
 * The headers that prove the sender of a webhook. The first three are Standard Webhooks 1.0; the okrunit clients check
 * the last.
 */
export type WebhookSignatureHeaders = {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
  "X-OKRunit-Signature": string;
};

/**
 * Signs one attempt. `webhook-signature` carries one `v1,<base64>` per secret, in the order given, so that the old and
 * the new secret both verify during a rotation. `X-OKRunit-Signature` is `sha256=<hex HMAC-SHA256 of the raw body>`.
 * Its key is the UTF-8 bytes of a secret as people see it (the whole `whsec_…` string).
 *
 * - `id`: the same for all attempts of a delivery; visible ASCII without `.`, which separates the signed parts.
 * - `timestampSeconds`: the time of this attempt, whole seconds since 1970.
 * - `body`: exactly the bytes that are sent; a string is taken as UTF-8.
 * - `secrets`: `whsec_…`, the newest first, at least one.
 * - `legacySecret`: keys `X-OKRunit-Signature`; default the newest secret.
 *
 * Throws a RangeError when an argument breaks these rules.
 * Source: Standard Webhooks 1.0, "Signature scheme" and "Webhook headers".
 */
export function signWebhook({
  id,
  timestampSeconds,
  body,
  secrets,
  legacySecret = secrets[0],
}: {
  id: string;
  timestampSeconds: number;
  body: string | Uint8Array;
  secrets: readonly string[];
  legacySecret?: string | undefined;
}): WebhookSignatureHeaders {
  if (!/^[!-\-/-~]+$/.test(id)) {
    throw new RangeError("a webhook id is visible ASCII without a full stop");
  }
  if (!Number.isSafeInteger(timestampSeconds) || timestampSeconds < 0) {
    throw new RangeError("a webhook timestamp is whole seconds since 1970");
  }
  if (secrets.length === 0 || legacySecret === undefined) {
    throw new RangeError("signing a webhook takes at least one secret");
  }
  const timestamp = String(timestampSeconds);
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": secrets
      .map((secret) => signatureOf({ id, timestamp, body, secret }))
      .join(" "),
    "X-OKRunit-Signature":
      "sha256=" + createHmac("sha256", legacyKey(legacySecret)).update(body).digest("hex"),
  };
}

/**
 * `v1,<base64 HMAC-SHA256(id.timestamp.body)>` with one secret.
 * Source: Standard Webhooks 1.0, "Signature scheme".
 */
export function signatureOf({
  id,
  timestamp,
  body,
  secret,
}: {
  id: string;
  timestamp: string;
  body: string | Uint8Array;
  secret: string;
}): string {
  const hmac = createHmac("sha256", standardKey(secret));
  return "v1," + hmac.update(`${id}.${timestamp}.`).update(body).digest("base64");
}
