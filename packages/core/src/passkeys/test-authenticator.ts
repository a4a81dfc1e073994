import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** The ways in which a ceremony of {@link createAuthenticator} differs from a good browser's. */
export interface Deviation {
  /** The site that the browser believes it is on; default: http://localhost:3000. */
  origin?: string;
  rpId?: string;
  /** Default true. */
  userVerified?: boolean;
  /** The signature counter; default: one more than the last time. */
  counter?: number;
  userHandle?: string;
}

/** An authenticator with one passkey (ES256), and the browser around it. Returns objects like `credential.toJSON()`. */
export interface TestAuthenticator {
  credentialId: string;
  create(options: { challenge: string; user: { id: string } }, other?: Deviation): object;
  get(options: { challenge: string }, other?: Deviation): object;
}

const base64url = (bytes: Buffer | string): string => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Buffer | string): Buffer => createHash("sha256").update(bytes).digest();

/** @param options.counts false: its counter stays 0, as that of synced passkeys does */
export function createAuthenticator(options: { counts?: boolean } = {}): TestAuthenticator {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(20);
  const credentialId = base64url(id);
  let userHandle = "";
  let counter = 0;

  const clientData = (type: string, challenge: string, origin = "http://localhost:3000") =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const authenticatorData = (other: Deviation, attested = Buffer.alloc(0)) => {
    if (options.counts !== false) counter += 1;
    const flags =
      0x01 | (other.userVerified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0);
    const tail = Buffer.alloc(5);
    tail.writeUInt8(flags);
    tail.writeUInt32BE(other.counter ?? counter, 1);
    return Buffer.concat([sha256(other.rpId ?? "localhost"), tail, attested]);
  };

  return {
    credentialId,
    create({ challenge, user }, other = {}) {
      userHandle = user.id;
      const { x = "", y = "" } = publicKey.export({ format: "jwk" });
      // COSE_Key {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1).
      const coseKey = Buffer.concat([
        Buffer.from("a5010203262001215820", "hex"),
        Buffer.from(x, "base64url"),
        Buffer.from("225820", "hex"),
        Buffer.from(y, "base64url"),
      ]);
      const idLength = Buffer.from([0, id.length]);
      const data = authenticatorData(
        other,
        Buffer.concat([Buffer.alloc(16), idLength, id, coseKey]),
      );
      // {"fmt": "none", "attStmt": {}, "authData": data}
      const attestationObject = Buffer.concat([
        Buffer.from("a363666d74646e6f6e656761747453746d74a068617574684461746158", "hex"),
        Buffer.from([data.length]),
        data,
      ]);
      return {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        response: {
          clientDataJSON: base64url(clientData("webauthn.create", challenge, other.origin)),
          attestationObject: base64url(attestationObject),
          transports: ["internal", "hybrid"],
        },
      };
    },
    get({ challenge }, other = {}) {
      const data = authenticatorData(other);
      const client = clientData("webauthn.get", challenge, other.origin);
      const signature = sign("sha256", Buffer.concat([data, sha256(client)]), privateKey);
      return {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        response: {
          clientDataJSON: base64url(client),
          authenticatorData: base64url(data),
          signature: base64url(signature),
          userHandle: other.userHandle ?? userHandle,
        },
      };
    },
  };
}
