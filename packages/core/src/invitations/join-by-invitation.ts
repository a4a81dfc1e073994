import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { DomainError, invalidInput, type FieldFault } from "../errors.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { findPasswordFault, hashPassword } from "../signing-in/password.ts";
import { findNameFault, tidyName } from "../people/person-input.ts";
import { createSession, type Device } from "../signing-in/sessions.ts";
import type { SignedIn } from "../signing-in/sign-in.ts";
import { createDeviceToken } from "../signing-in/sign-in-throttle.ts";
import { enterOrganization } from "./enter-organization.ts";
import {
  lockReturning,
  provePassword,
  readReturning,
  storeOtherPassword,
} from "./returning-person.ts";
import {
  invitationIsDead,
  lockInvitation,
  readInvitation,
  type FoundInvitation,
} from "./read-invitation.ts";

/** The details of a person who is a member of nothing on this server. */
export interface Newcomer extends Device {
  token: string;
  name: string;
  password: string;
  /** From an earlier sign-in on this device, null when there was none. */
  deviceToken: string | null;
}

/**
 * Accepts an invitation for the address that it was sent to, and signs the person in. They get a new account, or come
 * back to that of a person who is in no organization any more and so can't sign in before. Coming back takes the
 * account's password. With a link that nobody else was shown, another password becomes the account's, as with a link
 * for a new one. The account keeps its name. Of two simultaneous calls only one succeeds.
 *
 * @throws DomainError `not_found` (used, expired, withdrawn or replaced), `validation_failed` with a fault for each
 *   field, `conflict` (there is an account with this address, whose member has to sign in first, or whose password is
 *   another), `rate_limited` (details.retry_after_seconds)
 */
export async function joinByInvitation(
  services: AcrossOrganizations & Mailing,
  input: Newcomer,
): Promise<SignedIn> {
  const found = await readInvitation(services, input.token);
  if (!found?.isOpen) throw invitationIsDead();
  const returning = await readReturning(services, found.email);
  const hash = returning && (await provePassword(services, found.email, returning, input));
  if (returning && hash === null && !found.provesAddress)
    throw new DomainError(
      "conflict",
      "You have an account on this server already: enter its password. If you forgot it, ask the operator of this server to invite you",
    );
  const isProven = hash !== null;
  const name = tidyName(input.name);
  if (!isProven) requireFaultless(returning ? null : name, input.password, found.email);
  const passwordHash = hash ?? (await hashPassword(input.password));
  const personId = returning?.id ?? services.newId();
  const { organizationId } = found;
  const sessionToken = await inSystemTransaction(services, async (db) => {
    const invitation = await lockInvitation(db, input.token);
    if (!invitation?.isOpen) throw invitationIsDead();
    const actor: Context["actor"] = { kind: "person", personId, role: "member", via: "link" };
    if (!returning) await insertPerson(db, personId, invitation, name, passwordHash);
    else if (!(await lockReturning(db, returning))) throw hasToSignIn();
    else if (!isProven)
      await storeOtherPassword(db, { services, organizationId, actor }, personId, passwordHash);
    await enterOrganization(db, { services, actor }, invitation, personId);
    return createSession(db, services.newId, {
      personId,
      organizationId,
      passwordHash,
      userAgent: input.userAgent,
      address: input.address,
    });
  });
  if (!sessionToken) throw invitationIsDead();
  const deviceToken = createDeviceToken(services, personId);
  return { personId, organizationId, sessionToken, deviceToken };
}

/** @param name null: it isn't checked */
function requireFaultless(name: string | null, password: string, email: string): void {
  const passwordFault = findPasswordFault(password, email);
  const [first, ...others] = [
    name === null ? null : findNameFault(name),
    passwordFault === null ? null : { field: "password", message: passwordFault },
  ].filter((fault): fault is FieldFault => fault !== null);
  if (first) throw invalidInput(first, ...others);
}

async function insertPerson(
  db: Transaction,
  personId: string,
  { email }: FoundInvitation,
  name: string,
  passwordHash: string,
): Promise<void> {
  const { rowCount } = await db.query(
    "insert into people (id, email, name, password_hash) values ($1, $2, $3, $4) on conflict do nothing",
    [personId, email, name, passwordHash],
  );
  if (rowCount === 0) throw hasToSignIn();
}

const hasToSignIn = (): DomainError =>
  new DomainError(
    "conflict",
    "You have an account on this server already: sign in, and then accept",
  );
