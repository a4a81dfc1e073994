import { randomBytes } from "node:crypto";
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import type { PublicAddress, SystemPool } from "../capabilities.ts";
import { CHALLENGE_MINUTES, createChallenge } from "./challenges.ts";
import { relyingParty } from "./relying-party.ts";
import { loadWebAuthn } from "./webauthn.ts";

/** A sign-in that a browser can answer with a passkey. */
export interface PasskeyPrompt {
  options: PublicKeyCredentialRequestOptionsJSON;
  /** The browser keeps it as a cookie that no script reads, and sends it along with its answer. */
  browserToken: string;
}

/**
 * Returns the options with which a browser signs in a person who has a passkey for this server. Nobody says who they
 * are first, so a stranger learns nothing from the options. Only this browser can answer the challenge, once, within 5
 * minutes; then call `finishPasskeySignIn`.
 *
 * @param browserToken of an earlier call from this browser, null when there was none
 * @throws DomainError `invalid_state` (an address without passkeys)
 */
export async function beginPasskeySignIn(
  services: SystemPool & PublicAddress,
  browserToken: string | null,
): Promise<PasskeyPrompt> {
  const { id: rpID } = relyingParty(services);
  const { generateAuthenticationOptions } = await loadWebAuthn();
  const token =
    browserToken && /^[\w-]{43}$/.test(browserToken)
      ? browserToken
      : randomBytes(32).toString("base64url");
  const options = await generateAuthenticationOptions({
    rpID,
    challenge: await createChallenge(services, { browserToken: token }),
    timeout: CHALLENGE_MINUTES * 60_000,
    userVerification: "required",
  });
  return { options, browserToken: token };
}
