import type { Transaction } from "../transactions/transaction.ts";
import type { VerifiedRegistrationResponse } from "@simplewebauthn/server";
import type { PersonActor } from "../actors/actor.ts";
import { RECENT_MINUTES } from "../actors/recent-proof.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailPasskeyAdded } from "./mail-passkey-added.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { lockPeople } from "../people/lock-people.ts";
import { CHALLENGE_MINUTES, takeChallenge } from "./challenges.ts";
import { passkeyColumns, requireSession, type Passkey } from "./passkey.ts";
import { nameOfNew } from "./provider-names.ts";
import { relyingParty } from "./relying-party.ts";
import { ALGORITHMS, loadWebAuthn, readRegistration } from "./webauthn.ts";

type Registration = NonNullable<VerifiedRegistrationResponse["registrationInfo"]>;

const PASSKEYS_MAX = 20;
/** The longest credential id that an authenticator can make, in bytes (Web Authentication Level 3 §7.1). */
const CREDENTIAL_ID_BYTES_MAX = 1023;

/**
 * Stores the passkey that the calling person's browser has made after `beginPasskeyRegistration`. It is named after its
 * provider where that is known. A mail notifies its owner.
 *
 * @param credential the browser's `RegistrationResponseJSON`, unchecked
 * @throws DomainError `forbidden` (not a signed-in person, or no longer, or not lately), `invalid_state` (an address without passkeys),
 *   `validation_failed` (made for another site, without user verification, or broken), `conflict` (the challenge is
 *   used, expired or somebody else's; the passkey is registered already; there are 20 of them)
 */
export async function finishPasskeyRegistration(
  context: Context<AcrossOrganizations & Mailing>,
  credential: unknown,
): Promise<Passkey> {
  const { services } = context;
  const actor = requireSession(context);
  const { personId } = actor;
  const { id: rpID, origin } = relyingParty(services);
  const response = readRegistration(credential);
  const { clientDataJSON } = response.response;
  const challenge = await takeChallenge(services, clientDataJSON, { personId });
  if (challenge === null) {
    throw new DomainError(
      "conflict",
      "This took longer than 5 minutes or was sent twice; add the passkey again",
    );
  }
  const { verifyRegistrationResponse } = await loadWebAuthn();
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((cause: unknown) => {
    throw notMadeHere(cause);
  });
  if (!registrationInfo) throw notMadeHere();
  return inSystemTransaction(services, (db) => store(db, context, actor, registrationInfo));
}

async function store(
  db: Transaction,
  context: Context<Mailing>,
  { personId, sessionId }: PersonActor,
  { aaguid, credential, credentialBackedUp, credentialDeviceType }: Registration,
): Promise<Passkey> {
  const credentialId = Buffer.from(credential.id, "base64url");
  if (credentialId.length > CREDENTIAL_ID_BYTES_MAX) throw notMadeHere();
  // Locks the person's row, so that simultaneous calls can't pass the limit together.
  await lockPeople(db, [personId]);
  if (sessionId !== undefined) await requireProvenSession(db, personId, sessionId);
  const { rows: people } = await db.query<{ name: string; email: string | null }>(
    "select name, email from people where id = $1 and disabled_at is null",
    [personId],
  );
  const [person] = people;
  if (!person) throw notFound("Person");
  const { rows: own } = await db.query<{ name: string }>(
    "select name from passkeys where person_id = $1",
    [personId],
  );
  if (own.length >= PASSKEYS_MAX) {
    throw new DomainError(
      "conflict",
      `You have ${PASSKEYS_MAX} passkeys already; remove one that you don't use first`,
    );
  }
  const name = nameOfNew(
    aaguid,
    own.map((one) => one.name),
  );
  const { rows } = await db.query<Passkey>(
    `insert into passkeys as k (id, person_id, credential_id, public_key, counter, transports, name, device_type, backed_up)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (credential_id) do nothing returning ${passkeyColumns}`,
    [
      context.services.newId(),
      personId,
      credentialId,
      Buffer.from(credential.publicKey),
      credential.counter,
      credential.transports ?? [],
      name,
      credentialDeviceType === "multiDevice" ? "multi_device" : "single_device",
      credentialBackedUp,
    ],
  );
  const [passkey] = rows;
  if (!passkey) throw new DomainError("conflict", "This passkey is registered already");
  await recordEvent(db, context, "person.passkey_added", {
    person_id: personId,
    passkey_id: passkey.id,
    name,
  });
  if (person.email !== null) {
    const { organizationId, services } = context;
    const { name: personName, email } = person;
    await mailPasskeyAdded(db, services, {
      organizationId,
      email,
      name: personName,
      passkey: name,
    });
  }
  return passkey;
}

/**
 * Checks that the session still exists, and that its proof was recent when the challenge was made. The challenge belongs
 * to the person, so another session of theirs, or one that has just ended, could answer it otherwise. Call it after
 * locking the person's row: every verb that ends sessions locks that row as well.
 */
async function requireProvenSession(
  db: Transaction,
  personId: string,
  sessionId: string,
): Promise<void> {
  const { rowCount } = await db.query(
    `select from sessions where id = $1 and person_id = $2 and expires_at > now()
       and coalesce(proven_at, created_at) > now() - make_interval(mins => $3)`,
    [sessionId, personId, RECENT_MINUTES + CHALLENGE_MINUTES],
  );
  if (rowCount === 0)
    throw new DomainError(
      "forbidden",
      "To add a passkey, first sign in again, or confirm with your password or passkey that it is you",
    );
}

const notMadeHere = (cause?: unknown): DomainError =>
  new DomainError(
    "validation_failed",
    "This passkey was made for another site, or without verifying you; add it again",
    { cause },
  );
