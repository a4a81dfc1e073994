import { timingSafeEqual } from "node:crypto";
import { signatureOf } from "./sign-webhook.ts";

/** The reason why a webhook was refused; see {@link verifyWebhook}. */
export type WebhookVerificationCode =
  | "missing_header"
  | "malformed_header"
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "no_matching_signature";

/** A webhook that must not be trusted. `code` is stable; `message` is not. */
export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
  readonly code: WebhookVerificationCode;

  constructor(code: WebhookVerificationCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Headers in the form of `fetch` or of `node:http`. Case is ignored. */
export type ReceivedHeaders =
  Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Proves that a webhook was signed with one of `secrets` at most `toleranceSeconds` (default 300) away from `now`.
 * Skips signatures of unknown versions. Tries every secret against every signature and compares each in constant time,
 * so the duration reveals nothing about a secret. The caller must refuse replays within the tolerance, by the returned
 * `id`.
 *
 * - `body`: the raw bytes as received, before any JSON parsing.
 * - `secrets`: `whsec_…`, at least one.
 *
 * Throws a WebhookVerificationError with one of these codes:
 * - `missing_header`: one of the three `webhook-*` headers is absent or empty.
 * - `malformed_header`: a header came twice, or the timestamp is no integer.
 * - `timestamp_too_old`, `timestamp_too_new`: outside the tolerance.
 * - `no_matching_signature`: signed with another secret, or altered.
 *
 * Throws a RangeError when `secrets` is empty or holds a malformed secret.
 * Source: Standard Webhooks 1.0, "Verifying signatures".
 */
export function verifyWebhook({
  headers,
  body,
  secrets,
  now,
  toleranceSeconds = 300,
}: {
  headers: ReceivedHeaders;
  body: string | Uint8Array;
  secrets: readonly string[];
  now: Date;
  toleranceSeconds?: number;
}): { id: string; timestampSeconds: number } {
  if (secrets.length === 0) {
    throw new RangeError("verifying a webhook takes at least one secret");
  }
  const id = readHeader(headers, "webhook-id");
  const timestamp = readHeader(headers, "webhook-timestamp");
  const received = readHeader(headers, "webhook-signature").split(" ");

  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError(
      "malformed_header",
      "webhook-timestamp is not whole seconds since 1970",
    );
  }
  const timestampSeconds = Number(timestamp);
  const ageSeconds = Math.floor(now.getTime() / 1000) - timestampSeconds;
  if (ageSeconds > toleranceSeconds) {
    throw new WebhookVerificationError(
      "timestamp_too_old",
      `webhook-timestamp is ${ageSeconds} s old; at most ${toleranceSeconds} s are accepted`,
    );
  }
  if (-ageSeconds > toleranceSeconds) {
    throw new WebhookVerificationError(
      "timestamp_too_new",
      `webhook-timestamp is ${-ageSeconds} s in the future; at most ${toleranceSeconds} s are accepted`,
    );
  }

  let matches = 0;
  for (const secret of secrets) {
    const expected = Buffer.from(signatureOf({ id, timestamp, body, secret }));
    for (const signature of received) {
      const candidate = Buffer.from(signature);
      if (candidate.length === expected.length) {
        matches += Number(timingSafeEqual(candidate, expected));
      }
    }
  }
  if (matches === 0) {
    throw new WebhookVerificationError(
      "no_matching_signature",
      "no signature in webhook-signature matches this body and secret",
    );
  }
  return { id, timestampSeconds };
}

function readHeader(headers: ReceivedHeaders, name: string): string {
  const values =
    headers instanceof Headers
      ? [headers.get(name) ?? ""]
      : Object.entries(headers)
          .filter(([key]) => key.toLowerCase() === name)
          .flatMap(([, value]) => value ?? []);
  if (values.length > 1) {
    throw new WebhookVerificationError(
      "malformed_header",
      `the header ${name} came more than once`,
    );
  }
  const value = values[0];
  if (!value) {
    throw new WebhookVerificationError("missing_header", `the header ${name} is missing`);
  }
  return value;
}
