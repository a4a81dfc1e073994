import { isObject } from "./is-object.ts";

/** The reason why a webhook was refused; see {@link verifyWebhook}. */
export type WebhookVerificationCode =
  | "missing_header"
  | "malformed_header"
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "no_matching_signature"
  | "malformed_body";

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
export type WebhookHeaders =
  Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A webhook that Sayso sent. */
export interface Webhook {
  /** The same id for every attempt. A webhook whose id was handled before needs no second handling. */
  id: string;
  /** The time at which this attempt was signed. */
  sentAt: Date;
  /** The body. It says that something happened. Before acting on a decision, read the request back. */
  payload: Record<string, unknown>;
}

/**
 * Proves that a webhook comes from Sayso (Standard Webhooks 1.0), with a time at most `toleranceSeconds` (default 300)
 * in the past or future. Uses Web Crypto, so it runs in Node, at the edge and in browsers.
 *
 * @param body the raw body as received, before any parsing
 * @param secret `whsec_…`, or several during a rotation
 * @throws WebhookVerificationError when it must not be trusted, RangeError when a secret is malformed
 */
export async function verifyWebhook(
  headers: WebhookHeaders,
  body: string | Uint8Array,
  secret: string | readonly string[],
  { toleranceSeconds = 300, now = new Date() }: { toleranceSeconds?: number; now?: Date } = {},
): Promise<Webhook> {
  const id = readHeader(headers, "webhook-id");
  const timestamp = readHeader(headers, "webhook-timestamp");
  const signatures = readHeader(headers, "webhook-signature").split(" ");
  const sentAt = readTimestamp(timestamp, now, toleranceSeconds);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = concatenate(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const secrets = typeof secret === "string" ? [secret] : secret;
  const checks = await Promise.all(
    secrets.flatMap((one) => signatures.map((signature) => matches(one, signature, signed))),
  );
  if (!checks.includes(true)) {
    throw new WebhookVerificationError(
      "no_matching_signature",
      "no signature in webhook-signature matches this body and secret",
    );
  }
  return { id, sentAt, payload: parseObject(new TextDecoder().decode(bytes)) };
}

function readHeader(headers: WebhookHeaders, name: string): string {
  const values =
    headers instanceof Headers
      ? [headers.get(name) ?? ""]
      : Object.entries(headers)
          .filter(([key]) => key.toLowerCase() === name)
          .flatMap(([, value]) => value ?? []);
  const [value, another] = values;
  if (another !== undefined)
    throw new WebhookVerificationError("malformed_header", `${name} came more than once`);
  if (!value) throw new WebhookVerificationError("missing_header", `${name} is missing`);
  return value;
}

function readTimestamp(text: string, now: Date, toleranceSeconds: number): Date {
  if (!/^\d{1,12}$/.test(text))
    throw new WebhookVerificationError(
      "malformed_header",
      "webhook-timestamp is not whole seconds since 1970",
    );
  const ageSeconds = Math.floor(now.getTime() / 1000) - Number(text);
  if (ageSeconds > toleranceSeconds)
    throw new WebhookVerificationError("timestamp_too_old", `signed ${ageSeconds} s ago`);
  if (-ageSeconds > toleranceSeconds)
    throw new WebhookVerificationError("timestamp_too_new", `signed ${-ageSeconds} s ahead`);
  return new Date(Number(text) * 1000);
}

/** Compares in constant time, because Web Crypto's `verify` does. */
async function matches(secret: string, signature: string, signed: Bytes): Promise<boolean> {
  const key = await crypto.subtle.importKey(
    "raw",
    decodeSecret(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const text = signature.startsWith("v1,") ? signature.slice(3) : "";
  const expected = decodeBase64(text);
  // Base64 can spell the same bytes in several ways (RFC 4648 §3.5); only one is accepted.
  const isCanonical = expected !== null && btoa(String.fromCharCode(...expected)) === text;
  return isCanonical && crypto.subtle.verify("HMAC", key, expected, signed);
}

type Bytes = Uint8Array<ArrayBuffer>;

function decodeSecret(secret: string): Bytes {
  const key = secret.startsWith("whsec_") ? decodeBase64(secret.slice(6)) : null;
  if (key === null || key.length < 24)
    throw new RangeError("a webhook secret is whsec_ and the base64 of at least 24 bytes");
  return key;
}

function decodeBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function concatenate(first: Uint8Array, second: Uint8Array): Bytes {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // The error is thrown below.
  }
  throw new WebhookVerificationError("malformed_body", "the body is not a JSON object");
}
