import { randomBytes } from "node:crypto";
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import type { PublicAddress, SystemPool } from "../capabilities.ts";
import { CHALLENGE_MINUTES, createChallenge } from "./challenges.ts";
import { relyingParty } from "./relying-party.ts";
import { loadWebAuthn } from "./webauthn.ts";

/** A sign-in that a browser can answer with a passkey. */
export interface PasskeyPrompt {
  options: PublicKeyCredentialRequestOptionsJSON;
  /** What the browser keeps as a cookie that no script reads, and brings along with its answer. */
  browserToken: string;
}

/**
 * What a browser needs to sign in whoever holds a passkey for this server; nobody says who they are first, so the
 * answer tells a stranger nothing. The challenge can be answered once, within 5 minutes, by this browser only; then
 * call `finishPasskeySignIn`.
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
