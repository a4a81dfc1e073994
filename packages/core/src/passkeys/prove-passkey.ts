import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import type { Transaction } from "../transactions/transaction.ts";
import type { PublicAddress, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DomainError } from "../errors.ts";
import { lockPeople } from "../people/lock-people.ts";
import { userHandleOf } from "./begin-registration.ts";
import { takeChallenge } from "./challenges.ts";
import { relyingParty, type RelyingParty } from "./relying-party.ts";
import { loadWebAuthn, readAuthentication } from "./webauthn.ts";

/** A browser's answer to `beginPasskeySignIn`. */
export interface PasskeyProof {
  /** The browser's `AuthenticationResponseJSON`, unchecked. */
  credential: unknown;
  /** From `beginPasskeySignIn`; null when the browser brought none. */
  browserToken: string | null;
}

/** A passkey that has just signed. */
export interface ProvenPasskey {
  id: string;
  personId: string;
  /** The oldest organization that its person is a member of. */
  organizationId: string;
  /**
   * Records its use, in the transaction of the action that it is used for, and locks its person.
   *
   * @throws DomainError `unauthenticated`: it was removed meanwhile, or was copied
   */
  use(db: Transaction): Promise<void>;
}

interface StoredPasskey {
  id: string;
  person_id: string;
  public_key: Buffer;
  organization_id: string | null;
}

/**
 * Checks that a passkey of this server has signed the challenge that this browser was given. The challenge is used up.
 * A passkey that is unknown gets the same answer as one of a person who is disabled or in no organization. A passkey
 * whose counter has not moved on was copied (Web Authentication Level 3 §7.2, step on signCount) and is refused.
 *
 * @throws DomainError `unauthenticated`, `validation_failed` (no passkey at all), `invalid_state` (an address without
 *   passkeys)
 */
export async function provePasskey(
  services: SystemPool & PublicAddress,
  proof: PasskeyProof,
): Promise<ProvenPasskey> {
  const site = relyingParty(services);
  const response = readAuthentication(proof.credential);
  const { clientDataJSON, userHandle } = response.response;
  const challenge =
    proof.browserToken &&
    (await takeChallenge(services, clientDataJSON, { browserToken: proof.browserToken }));
  if (!challenge) throw refused("This took longer than 5 minutes or was sent twice; try again");
  const passkey = await findPasskey(services, response.id);
  if (!passkey?.organization_id || !isHandleOf(passkey, userHandle)) throw unknownPasskey();
  const { counter, isBackedUp } = await verify(site, challenge, response, passkey);
  return {
    id: passkey.id,
    personId: passkey.person_id,
    organizationId: passkey.organization_id,
    async use(db) {
      // Locks the person's row, so that the passkey's removal or another use of it comes either before this or after
      // it.
      await lockPeople(db, [passkey.person_id]);
      const { rows } = await db.query<{ counter: number }>(
        "select counter from passkeys where id = $1",
        [passkey.id],
      );
      const [before] = rows;
      if (!before) throw unknownPasskey();
      if (Math.max(counter, before.counter) > 0 && counter <= before.counter) throw copied();
      await db.query(
        "update passkeys set counter = $2, backed_up = $3, last_used_at = now() where id = $1",
        [passkey.id, counter, isBackedUp],
      );
    },
  };
}

async function findPasskey(
  services: SystemPool,
  credentialId: string,
): Promise<StoredPasskey | undefined> {
  const { rows } = await withRetries(() =>
    services.system.query<StoredPasskey>({
      name: "find_passkey",
      text: `select k.id, k.person_id, k.public_key,
               (select m.organization_id from memberships m where m.person_id = p.id
                order by m.created_at, m.organization_id limit 1) as organization_id
             from passkeys k join people p on p.id = k.person_id and p.disabled_at is null
             where k.credential_id = $1`,
      values: [Buffer.from(credentialId, "base64url")],
    }),
  );
  return rows[0];
}

const isHandleOf = ({ person_id }: StoredPasskey, userHandle: string): boolean =>
  Buffer.from(userHandle, "base64url").equals(userHandleOf(person_id));

async function verify(
  site: RelyingParty,
  challenge: string,
  response: AuthenticationResponseJSON,
  passkey: StoredPasskey,
): Promise<{ counter: number; isBackedUp: boolean }> {
  const { verifyAuthenticationResponse } = await loadWebAuthn();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    requireUserVerification: true,
    credential: {
      id: response.id,
      publicKey: new Uint8Array(passkey.public_key),
      // The counter is compared where it is written, so that of two simultaneous uses one is refused.
      counter: 0,
    },
  }).catch((cause: unknown) => {
    throw refused("This passkey did not prove that it is you; try again", cause);
  });
  if (!verified) throw refused("This passkey did not prove that it is you; try again");
  return {
    counter: authenticationInfo.newCounter,
    isBackedUp: authenticationInfo.credentialBackedUp,
  };
}

const refused = (message: string, cause?: unknown): DomainError =>
  new DomainError("unauthenticated", message, { cause });

/** Makes the error for a passkey whose person Sayso doesn't know. */
export const unknownPasskey = (): DomainError =>
  refused("Sayso does not know this passkey; sign in another way");

const copied = (): DomainError =>
  refused(
    "This passkey seems to have been copied: it counts fewer uses than Sayso has seen. Sign in another way and remove it",
  );
