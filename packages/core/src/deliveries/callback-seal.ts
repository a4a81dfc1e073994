import { createHmac } from "node:crypto";
import { openJson } from "../credentials/open-json.ts";
import type { SecretBox } from "../credentials/secret-box.ts";

/** The data, beside the body, that a request's callback is sent with. */
export interface CallbackSeal {
  /** The caller's own headers. */
  headers: Record<string, string>;
  /**
   * The person whose own secret signs: the one who asked, or in whose name an app asked. Null: the connection's secret
   * signs.
   */
  personId: string | null;
}

/** Encrypts a callback's headers and person, as the request keeps them. Null: there is nothing to keep. */
export function sealCallback(
  secrets: SecretBox,
  { headers, personId }: { headers: Record<string, string> | undefined; personId: string | null },
): Buffer | null {
  if (headers === undefined && personId === null) return null;
  return secrets.seal(JSON.stringify({ headers: headers ?? {}, personId } satisfies CallbackSeal));
}

/** Decrypts a sealed callback. Requests made before people had secrets of their own hold only the headers. */
export function openCallback(secrets: SecretBox, sealed: Buffer | null): CallbackSeal {
  if (sealed === null) return { headers: {}, personId: null };
  const kept = openJson<CallbackSeal | Record<string, string>>(secrets, sealed);
  return isWhole(kept) ? kept : { headers: kept, personId: null };
}

const isWhole = (kept: CallbackSeal | Record<string, string>): kept is CallbackSeal =>
  typeof kept.headers === "object";

/**
 * Returns the secret that signs the callbacks of one person's requests, or of an app's requests in their name. It is
 * derived from the secret of the organization, or of the app's connection, so it rotates with that one. It is derived
 * under a key of the server, so nobody who knows that one knows this one.
 *
 * @param secret the organization's or the app's connection's, `whsec_…`
 * @returns `whsec_…`, the same for each token of the person, and each time that they connect the app
 */
export const secretOfPerson = (secrets: SecretBox, secret: string, personId: string): string =>
  `whsec_${createHmac("sha256", secrets.deriveKey("webhook secrets of people"))
    .update(`${secret} ${personId}`)
    .digest("base64")}`;
