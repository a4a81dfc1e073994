import { parse } from "uuid";
import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import type { Context } from "../context.ts";
import type { PublicAddress, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DomainError, notFound } from "../errors.ts";
import { isRecent } from "../actors/recent-proof.ts";
import { CHALLENGE_MINUTES, createChallenge } from "./challenges.ts";
import { requireSession } from "./passkey.ts";
import { relyingParty } from "./relying-party.ts";
import { ALGORITHMS, loadWebAuthn } from "./webauthn.ts";

/**
 * Whether a person who signed in at this time can still add a passkey. A passkey outlives the session and a new
 * password, so a session that was left open or stolen must not be enough.
 */
export const mayAddPasskey = isRecent;

/**
 * Returns the options with which a browser makes a passkey for the calling person
 * (`PublicKeyCredentialCreationOptionsJSON`). Only this person can answer the challenge, once, within 5 minutes; then
 * call `finishPasskeyRegistration`. The passkey will be discoverable (nobody has to say who they are first) and made
 * after a fingerprint, face or PIN. An authenticator that has a passkey of theirs already makes none.
 *
 * @param signedInAt the time at which the person signed in to the calling session: at most 15 minutes ago
 * @throws DomainError `forbidden` (not a signed-in person, or not lately), `invalid_state` (an address without
 *   passkeys)
 */
export async function beginPasskeyRegistration(
  context: Context<SystemPool & PublicAddress>,
  signedInAt: Date,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { services } = context;
  const { personId } = requireSession(context);
  if (!mayAddPasskey(signedInAt))
    throw new DomainError(
      "forbidden",
      "To add a passkey, first confirm with your password or passkey that it is you",
    );
  const { id: rpID } = relyingParty(services);
  const { generateRegistrationOptions } = await loadWebAuthn();
  const { rows } = await withRetries(() =>
    services.system.query<{
      name: string;
      email: string | null;
      existing: { id: string; transports: string[] }[];
    }>(
      `select p.name, p.email,
         coalesce((select json_agg(json_build_object('id', encode(k.credential_id, 'base64'), 'transports', k.transports))
                   from passkeys k where k.person_id = p.id), '[]') as existing
       from people p where p.id = $1 and p.disabled_at is null`,
      [personId],
    ),
  );
  const [person] = rows;
  if (!person) throw notFound("Person");
  return generateRegistrationOptions({
    rpName: "Sayso",
    rpID,
    userID: userHandleOf(personId),
    userName: person.email ?? person.name,
    userDisplayName: person.name,
    challenge: await createChallenge(services, { personId }),
    timeout: CHALLENGE_MINUTES * 60_000,
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: person.existing.map(({ id, transports }) => ({
      id: Buffer.from(id, "base64").toString("base64url"),
      transports,
    })),
  });
}

/**
 * Returns the person's id as their passkeys carry it (`user.id`, the user handle): 16 bytes that say nothing about
 * them.
 */
export const userHandleOf = (personId: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(parse(personId));
