import { createHash, createHmac, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const API_KEY_PREFIX = "gk_";
const GOALS_KEY_PREFIX = "okrt_";
const PERSONAL_TOKEN_PREFIX = "sp_";

/** The prefix of each kind of OAuth secret, so that a person, a log or a scanner recognises what it has found. */
export const oauthPrefixes = {
  accessToken: "sa_",
  refreshToken: "sr_",
  code: "sc_",
  clientSecret: "cs_",
} as const;
export type OAuthSecretKind = keyof typeof oauthPrefixes;

/**
 * Makes a new API key of a connection: `gk_` and 64 lower-case hex digits. The first 56 digits are random (224 bits),
 * the last 8 are the CRC32 of those 56 as ASCII. Show it once; store {@link hashSecret} of it, {@link keyPrefix} and
 * {@link keyLastFour}.
 */
export function createApiKey(): string {
  return createKey(API_KEY_PREFIX);
}

/** Makes a new key of a connection that can be allowed less than everything: `okrt_`, then as {@link createApiKey}. */
export function createGoalsApiKey(): string {
  return createKey(GOALS_KEY_PREFIX);
}

/**
 * Makes a new token for a person, not a connection, to call the API with: `sp_`, then the same 64 hex digits as
 * {@link createApiKey}.
 */
export function createPersonalToken(): string {
  return createKey(PERSONAL_TOKEN_PREFIX);
}

/**
 * Whether `text` could have come from {@link createApiKey} or {@link createGoalsApiKey}. Costs no query, so that
 * garbage is refused before it reaches the database. A well-formed key is not necessarily valid.
 */
export function isWellFormedApiKey(text: string): boolean {
  return isWellFormed(text, API_KEY_PREFIX) || isWellFormed(text, GOALS_KEY_PREFIX);
}

/** Whether `text` could have come from {@link createPersonalToken}; see {@link isWellFormedApiKey}. */
export function isWellFormedPersonalToken(text: string): boolean {
  return isWellFormed(text, PERSONAL_TOKEN_PREFIX);
}

/** Makes a new secret of the authorization server: its prefix, then the same 64 hex digits as {@link createApiKey}. */
export function createOAuthSecret(kind: OAuthSecretKind): string {
  return createKey(oauthPrefixes[kind]);
}

/**
 * Whether `text` could have come from {@link createOAuthSecret} or {@link deriveOAuthSecret}; see
 * {@link isWellFormedApiKey}.
 */
export function isWellFormedOAuthSecret(text: string, kind: OAuthSecretKind): boolean {
  return isWellFormed(text, oauthPrefixes[kind]);
}

/** Derives the secret that follows `from`: always the same for the same 32-byte key, and unknowable without it. */
export function deriveOAuthSecret(kind: OAuthSecretKind, key: Buffer, from: string): string {
  return withChecksum(
    oauthPrefixes[kind],
    createHmac("sha256", key).update(from).digest().subarray(0, 28),
  );
}

/**
 * Returns the SHA-256 of the secret's UTF-8 bytes, 32 bytes, which is stored and looked up. A fast hash suffices
 * because the secret has at least 128 random bits; never use it for a password.
 */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** Returns the part of a key that can be shown to tell it from others: its prefix (`gk_`) and 8 hex digits. */
export function keyPrefix(key: string): string {
  return key.slice(0, key.indexOf("_") + 1 + 8);
}

/** Returns the last four characters, shown beside {@link keyPrefix}. */
export function keyLastFour(key: string): string {
  return key.slice(-4);
}

const createKey = (prefix: string): string => withChecksum(prefix, randomBytes(28));

function withChecksum(prefix: string, bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return prefix + hex + checksumOf(hex);
}

function isWellFormed(text: string, prefix: string): boolean {
  if (!text.startsWith(prefix)) return false;
  const hex = text.slice(prefix.length);
  return (
    hex.length === 64 && /^[0-9a-f]+$/.test(hex) && checksumOf(hex.slice(0, 56)) === hex.slice(56)
  );
}

function checksumOf(ascii: string): string {
  return crc32(ascii).toString(16).padStart(8, "0");
}
