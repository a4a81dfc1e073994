import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from "node:crypto";

/** Encrypts small secrets that Sayso must be able to read again. */
export interface SecretBox {
  seal(plain: string): Buffer;
  /** @throws where the bytes were altered, or sealed under another SAYSO_SECRET */
  open(sealed: Buffer): string;
  /** Returns a 32-byte key for another purpose (CSRF tokens, …), derived from the same secret. */
  deriveKey(purpose: string): Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes a secret box with AES-256-GCM (NIST SP 800-38D), under a key derived from SAYSO_SECRET with HKDF-SHA256 (RFC
 * 5869). Layout: 12 bytes nonce, 16 bytes tag, ciphertext.
 */
export function createSecretBox(secret: string): SecretBox {
  const deriveKey = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", secret, "sayso", purpose, 32));
  // A KeyObject, because Node would make one from bytes for every secret, which costs more than opening it.
  const key = createSecretKey(deriveKey("secrets at rest"));
  return {
    deriveKey,
    seal(plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    open(sealed) {
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return (
        decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") +
        decipher.final("utf8")
      );
    },
  };
}
