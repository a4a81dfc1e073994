import { createHmac } from "node:crypto";
import type { SecretBox } from "../credentials/secret-box.ts";

/** What a request's callback is sent with beside its body. */
export interface CallbackSeal {
  /** The caller's own headers. */
  headers: Record<string, string>;
  /** The person who asked, or in whose name an app did: their own secret signs. Null: the connection's does. */
  personId: string | null;
}

/** Encrypts it as it is kept with the request; null where there is nothing to keep. */
export function sealCallback(
  secrets: SecretBox,
  { headers, personId }: { headers: Record<string, string> | undefined; personId: string | null },
): Buffer | null {
  if (headers === undefined && personId === null) return null;
  return secrets.seal(JSON.stringify({ headers: headers ?? {}, personId } satisfies CallbackSeal));
}

/** Decrypts it. Of requests made before people had secrets of their own, the headers stand alone. */
export function openCallback(secrets: SecretBox, sealed: Buffer | null): CallbackSeal {
  if (sealed === null) return { headers: {}, personId: null };
  const kept = JSON.parse(secrets.open(sealed)) as CallbackSeal | Record<string, string>;
  return isWhole(kept) ? kept : { headers: kept, personId: null };
}

const isWhole = (kept: CallbackSeal | Record<string, string>): kept is CallbackSeal =>
  typeof kept.headers === "object";

/**
 * The secret that signs the callbacks of what one person asks, or what an app asks in their name: derived from the
 * organization's or the app's connection's, so that it is rotated with it, and under a key of the server, so that knowing
 * that one is not knowing this one.
 *
 * @param secret the organization's or the app's connection's, `whsec_…`
 * @returns `whsec_…`, the same for each token of the person, and each time that they connect the app
 */
export const secretOfPerson = (secrets: SecretBox, secret: string, personId: string): string =>
  `whsec_${createHmac("sha256", secrets.deriveKey("webhook secrets of people"))
    .update(`${secret} ${personId}`)
    .digest("base64")}`;
