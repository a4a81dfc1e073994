import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { DomainError, invalidInput, type FieldFault } from "../errors.ts";
import { stopDecidingFor } from "../connections/stop-deciding.ts";
import { endCredentials } from "../invitations/end-credentials.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { refuseDuplicate } from "../transactions/refuse-duplicate.ts";
import {
  consumeOneTimeLink,
  type LinkPurpose,
  type OpenLink,
} from "../signing-in/one-time-links.ts";
import { findPasswordFault, hashPassword } from "../signing-in/password.ts";
import { findEmailFault, findNameFault, tidyEmail, tidyName } from "../people/person-input.ts";
import { recordEvent } from "../events/record-event.ts";
import { createSession, endAllSessions, type Device } from "../signing-in/sessions.ts";
import type { SignedIn } from "../signing-in/sign-in.ts";
import { createDeviceToken } from "../signing-in/sign-in-throttle.ts";
import { openLink, readOneTimeLink } from "./open-link.ts";

/**
 * A new password together with the one-time link for it. Name and e-mail are for the first admin only, and required
 * there.
 */
export interface NewPassword extends Device {
  token: string;
  /** The purposes of the links that the caller accepts. */
  purposes: readonly LinkPurpose[];
  password: string;
  name?: string;
  email?: string;
}

/**
 * Sets the password of the one-time link's person, and signs them in. The link is used up; of two simultaneous calls
 * only one succeeds. In the same transaction all their other sessions end, their personal tokens and grants are
 * revoked, and their connections no longer vote. Passkeys stay: a forgotten password says nothing about them, and a
 * lost passkey is removed separately (NIST SP 800-63B, "Loss, Theft, Damage, and Unauthorized Duplication").
 *
 * The link gives only what its maker could do now: {@link openLink} asks again, and locks both.
 *
 * @throws DomainError `not_found` (the link is used, expired, replaced or was never made, or its maker has lost the
 *   right to make it), `validation_failed` with a
 *   fault for each field
 */
export async function setPassword(
  services: AcrossOrganizations & Mailing,
  input: NewPassword,
): Promise<SignedIn> {
  const link = await readOneTimeLink(services, input.token, input.purposes);
  if (!link) throw linkIsDead();
  const identity =
    link.purpose === "first_admin"
      ? { name: tidyName(input.name ?? ""), email: tidyEmail(input.email ?? "") }
      : null;
  checkInput(link, identity, input.password);
  const passwordHash = await hashPassword(input.password);
  const { personId, organizationId } = link;
  const sessionToken = await inSystemTransaction(services, async (db) => {
    if (!(await openLink(db, input.token, input.purposes))) throw linkIsDead();
    if (!(await consumeOneTimeLink(db, input.token))) throw linkIsDead();
    await storePassword(db, personId, passwordHash, identity);
    await endAllSessions(db, personId);
    const context: Context<AcrossOrganizations & Mailing> = {
      services,
      organizationId,
      actor: { kind: "person", personId, role: "member", via: "link" },
    };
    await endCredentials(db, context, { personId, reason: "password_changed" });
    // The first admin's first key was printed a moment before, with its votes.
    if (link.purpose !== "first_admin")
      await stopDecidingFor(db, context, { personId, reason: "password_changed" });
    await recordEvent(db, context, "person.password_set", {
      person_id: personId,
      purpose: link.purpose,
    });
    const token = await createSession(db, services.newId, {
      ...link,
      passwordHash,
      userAgent: input.userAgent,
      address: input.address,
    });
    if (!token) throw linkIsDead();
    return token;
  });
  return {
    personId,
    organizationId,
    sessionToken,
    deviceToken: createDeviceToken(services, personId),
  };
}

interface Identity {
  name: string;
  email: string;
}

function checkInput(link: OpenLink, identity: Identity | null, password: string): void {
  const passwordFault = findPasswordFault(password, identity?.email ?? link.personEmail);
  const [first, ...others] = [
    identity && findNameFault(identity.name),
    identity && findEmailFault(identity.email),
    passwordFault === null ? null : { field: "password", message: passwordFault },
  ].filter((fault): fault is FieldFault => fault !== null);
  if (first) throw invalidInput(first, ...others);
}

async function storePassword(
  db: Transaction,
  personId: string,
  passwordHash: string,
  identity: Identity | null,
): Promise<void> {
  const { rowCount } = await db
    .query(
      `update people set password_hash = $2, name = coalesce($3, name), email = coalesce($4, email)
       where id = $1 and disabled_at is null`,
      [personId, passwordHash, identity?.name, identity?.email],
    )
    .catch(refuseDuplicate("people_email"));
  if (rowCount === 0) throw linkIsDead();
}

const linkIsDead = (): DomainError =>
  new DomainError(
    "not_found",
    "This link is no longer valid: it was used, has expired, was replaced by a newer one, or its maker may no longer make it",
  );
