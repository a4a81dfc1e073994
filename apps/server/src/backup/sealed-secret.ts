import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  scrypt,
  type ScryptOptions,
} from "node:crypto";
import { promisify } from "node:util";
import type { SealedSecret } from "./header.ts";
import { BackupRefused } from "./refused.ts";

/** About 0.4 s and 128 MiB for each guess (RFC 7914; the parameters that OWASP recommends). */
const COST = { n: 2 ** 17, r: 8, p: 1 };
const NONCE_BYTES = 12;
const SALT_BYTES = 16;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Seals SAYSO_SECRET under a passphrase: scrypt and AES-256-GCM, bound to the backup of this id. */
export async function sealSecret(
  secret: string,
  passphrase: string,
  id: string,
): Promise<SealedSecret> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, salt, COST), nonce);
  cipher.setAAD(Buffer.from(id));
  const ciphertext = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return {
    kdf: "scrypt",
    ...COST,
    salt: salt.toString("base64"),
    nonce: nonce.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    ciphertext: ciphertext.toString("base64"),
  };
}

/**
 * Opens a sealed secret.
 *
 * @throws BackupRefused if the passphrase is another one
 */
export async function openSecret(
  sealed: SealedSecret,
  passphrase: string,
  id: string,
): Promise<string> {
  const bytesOf = (text: string) => Buffer.from(text, "base64");
  const key = await keyOf(passphrase, bytesOf(sealed.salt), sealed);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytesOf(sealed.nonce), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(id)).setAuthTag(bytesOf(sealed.tag));
    return decipher.update(bytesOf(sealed.ciphertext), undefined, "utf8") + decipher.final("utf8");
  } catch (cause) {
    throw new BackupRefused("The passphrase doesn't open the secret in the backup.", { cause });
  }
}

const keyOf = (
  passphrase: string,
  salt: Buffer,
  { n, r, p }: { n: number; r: number; p: number },
): Promise<Buffer> =>
  derive(passphrase.normalize("NFC"), salt, 32, { N: n, r, p, maxmem: 256 * n * r });
