import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { isObject } from "@sayso/exact-json";
import type { AcrossOrganizations, PublicAddress, Secrets } from "../capabilities.ts";
import { isUuid } from "../ids.ts";
import { readSigningKeys } from "../oauth/signing-keys.ts";

/** The claims of a verified access token. They don't say whether its grant is still valid. */
export interface AccessTokenClaims {
  clientId: string;
  /** Null: client credentials, an app without a person. */
  grantId: string | null;
  scopes: string[];
  /** Seconds since 1970, as is `expiresAt`. */
  issuedAt: number;
  expiresAt: number;
}

export type VerifyJwt = (token: string, audience: string) => Promise<AccessTokenClaims | null>;

/** The least time between two reads of the keys because of an unknown key. */
const LOOK_AGAIN_MS = 10_000;
const TOKEN_LENGTH_MAX = 4096;

/**
 * Makes a verifier for access tokens in JWT form (RFC 9068) of this server's own authorization server. It requires
 * ES256 with one of the server's keys, its issuer, and the given audience, and returns null for everything else. It
 * doesn't check the expiry, which the database's clock judges.
 */
export function createJwtVerifier(
  services: AcrossOrganizations & Secrets & PublicAddress,
): VerifyJwt {
  let keys = new Map<string, KeyObject>();
  let lookedAt = -Infinity;
  let looking: Promise<void> | null = null;

  const look = async () => {
    const found = await readSigningKeys(services);
    keys = new Map(
      found.map(({ kid, kty, crv, x, y }) => [
        kid,
        createPublicKey({ key: { kty, crv, x, y }, format: "jwk" }),
      ]),
    );
    lookedAt = performance.now();
  };
  const keyOf = async (kid: string): Promise<KeyObject | undefined> => {
    if (!keys.has(kid) && performance.now() - lookedAt > LOOK_AGAIN_MS)
      await (looking ??= look().finally(() => (looking = null)));
    return keys.get(kid);
  };

  return async (token, audience) => {
    if (token.length > TOKEN_LENGTH_MAX) return null;
    const parts = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token);
    if (!parts) return null;
    const [, head = "", body = "", signature = ""] = parts;
    const header = decode(head);
    if (header?.alg !== "ES256" || header.typ !== "at+jwt" || typeof header.kid !== "string")
      return null;
    const key = await keyOf(header.kid);
    const isSigned =
      key !== undefined &&
      verify(
        "sha256",
        Buffer.from(`${head}.${body}`),
        { key, dsaEncoding: "ieee-p1363" },
        Buffer.from(signature, "base64url"),
      );
    return isSigned ? readClaims(decode(body), services.publicUrl, audience) : null;
  };
}

function readClaims(
  claims: Record<string, unknown> | null,
  issuer: string,
  audience: string,
): AccessTokenClaims | null {
  if (claims === null || claims.iss !== issuer || ![claims.aud].flat().includes(audience))
    return null;
  const { client_id: clientId, grant_id: grantId, scope, iat, exp } = claims;
  if (typeof clientId !== "string" || !isUuid(clientId) || typeof exp !== "number") return null;
  if (typeof iat !== "number") return null;
  if (grantId !== undefined && (typeof grantId !== "string" || !isUuid(grantId))) return null;
  // A token in a person's name must name its grant.
  if (grantId === undefined && claims.sub !== clientId) return null;
  return {
    clientId,
    grantId: grantId ?? null,
    scopes: typeof scope === "string" ? scope.split(" ") : [],
    issuedAt: iat,
    expiresAt: exp,
  };
}

function decode(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
