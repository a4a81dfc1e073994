import { createHash, generateKeyPairSync } from "node:crypto";
import type { AcrossOrganizations, Secrets } from "../capabilities.ts";
import { openJson } from "../credentials/open-json.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";

/** A private key as JWK (RFC 7517), ready for signing with ES256. */
export interface SigningKey {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
  d: string;
  kid: string;
  use: "sig";
  alg: "ES256";
}

/** An arbitrary number for a lock: of the servers that start together, only one makes the first key. */
const KEYS_LOCK = 0x5a150_002;

/**
 * Returns the keys that sign access tokens for resources that read them themselves (RFC 9068), newest first. Makes the
 * first key where there is none. All servers of a database share the keys. They are stored encrypted under
 * SAYSO_SECRET.
 *
 * @throws the error of `SecretBox.open` when SAYSO_SECRET is another than the one that sealed them
 */
export function readSigningKeys(services: AcrossOrganizations & Secrets): Promise<SigningKey[]> {
  return inSystemTransaction(services, async (db) => {
    await db.query("select pg_advisory_xact_lock($1)", [KEYS_LOCK]);
    const { rows } = await db.query<{ private_jwk: Buffer }>(
      "select private_jwk from oauth_signing_keys order by created_at desc, id",
    );
    if (rows.length > 0)
      return rows.map((row) => openJson<SigningKey>(services.secrets, row.private_jwk));
    const key = createSigningKey();
    await db.query("insert into oauth_signing_keys (id, private_jwk) values ($1, $2)", [
      key.kid,
      services.secrets.seal(JSON.stringify(key)),
    ]);
    return [key];
  });
}

function createSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y, d } = privateKey.export({ format: "jwk" });
  if (x === undefined || y === undefined || d === undefined)
    throw new Error("A private key on a curve has the parts x, y and d");
  // RFC 7638
  const thumbprint = JSON.stringify({ crv: "P-256", kty: "EC", x, y });
  const kid = createHash("sha256").update(thumbprint).digest("base64url");
  return { kty: "EC", crv: "P-256", x, y, d, kid, use: "sig", alg: "ES256" };
}
