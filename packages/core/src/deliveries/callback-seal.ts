import { createHmac } from "node:crypto";
import type { SecretBox } from "../secret-box.ts";

/** What a request's callback is sent with beside its body. */
export interface CallbackSeal {
  /** The caller's own headers. */
  headers: Record<string, string>;
  /** The person in whose name an app asked: their own secret signs. Null: the connection's or the organization's does. */
  appOf: string | null;
}

/** Encrypts it as it is kept with the request; null where there is nothing to keep. */
export function sealCallback(
  secrets: SecretBox,
  { headers, appOf }: { headers: Record<string, string> | undefined; appOf: string | null },
): Buffer | null {
  if (headers === undefined && appOf === null) return null;
  return secrets.seal(JSON.stringify({ headers: headers ?? {}, appOf } satisfies CallbackSeal));
}

/** Decrypts it. Of requests made before apps' people had secrets of their own, the headers stand alone. */
export function openCallback(secrets: SecretBox, sealed: Buffer | null): CallbackSeal {
  if (sealed === null) return { headers: {}, appOf: null };
  const kept = JSON.parse(secrets.open(sealed)) as CallbackSeal | Record<string, string>;
  return isWhole(kept) ? kept : { headers: kept, appOf: null };
}

const isWhole = (kept: CallbackSeal | Record<string, string>): kept is CallbackSeal =>
  typeof kept.headers === "object";

/**
 * The secret that signs the callbacks of what an app asks in one person's name: derived from the app's connection's, so
 * that it is rotated with it, and under a key of the server, so that who knows the connection's doesn't know this one.
 *
 * @param secret the connection's, `whsec_…`
 * @returns `whsec_…`, the same for each time that the person connects the app
 */
export const secretOfPerson = (secrets: SecretBox, secret: string, personId: string): string =>
  `whsec_${createHmac("sha256", secrets.deriveKey("webhook secrets of an app's people"))
    .update(`${secret} ${personId}`)
    .digest("base64")}`;
