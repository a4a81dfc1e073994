import type { AcrossOrganizations, NewIds, PublicAddress, Secrets } from "../capabilities.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { createSession, type Device } from "../signing-in/sessions.ts";
import type { SignedIn } from "../signing-in/sign-in.ts";
import { deviceTokenFor } from "../signing-in/sign-in-throttle.ts";
import { provePasskey, unknownPasskey, type PasskeyProof } from "./prove-passkey.ts";

/** A browser's answer to {@link beginPasskeySignIn}. */
export interface PasskeyAnswer extends Device, PasskeyProof {
  /** From an earlier sign-in on this device, null when there was none. */
  deviceToken: string | null;
}

/**
 * Signs a person in with a passkey, and makes the same session in their oldest organization as a password does. See
 * `provePasskey` for what is refused.
 *
 * @throws DomainError `unauthenticated`, `validation_failed` (no passkey at all), `invalid_state` (an address without
 *   passkeys)
 */
export async function finishPasskeySignIn(
  services: AcrossOrganizations & Secrets & PublicAddress & NewIds,
  answer: PasskeyAnswer,
): Promise<SignedIn> {
  const passkey = await provePasskey(services, answer);
  const of = { personId: passkey.personId, organizationId: passkey.organizationId };
  const sessionToken = await inSystemTransaction(services, async (db) => {
    await passkey.use(db);
    return createSession(db, services.newId, {
      ...of,
      passkeyId: passkey.id,
      userAgent: answer.userAgent,
      address: answer.address,
    });
  });
  if (!sessionToken) throw unknownPasskey();
  return {
    ...of,
    sessionToken,
    deviceToken: deviceTokenFor(services, of.personId, answer.deviceToken),
  };
}
