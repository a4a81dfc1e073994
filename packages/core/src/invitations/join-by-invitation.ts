import type { Context, Services } from "../context.ts";
import { DomainError, invalidInput, type FieldFault } from "../errors.ts";
import { inSystemTransaction } from "../people/in-system-transaction.ts";
import { findPasswordFault, hashPassword } from "../people/password.ts";
import { findNameFault, tidyName } from "../people/person-input.ts";
import { createSession, type Device } from "../people/sessions.ts";
import type { SignedIn } from "../people/sign-in.ts";
import { createDeviceToken } from "../people/sign-in-throttle.ts";
import { enterOrganization } from "./enter-organization.ts";
import { invitationIsDead, lockInvitation, readInvitation } from "./read-invitation.ts";

/** Who somebody says they are, for whom nobody on this server has an account yet. */
export interface Newcomer extends Device {
  token: string;
  name: string;
  password: string;
}

/**
 * Accepts an invitation with a new account for the address that it was sent to, and signs in. Of two who try at once one
 * wins.
 *
 * @throws DomainError `not_found` (used, expired, withdrawn or replaced), `validation_failed` with a fault for each field,
 *   `conflict` (there is an account with this address: it has to sign in first)
 */
export async function joinByInvitation(services: Services, input: Newcomer): Promise<SignedIn> {
  const found = await readInvitation(services, input.token);
  if (!found?.isOpen) throw invitationIsDead();
  const name = tidyName(input.name);
  const passwordFault = findPasswordFault(input.password, found.email);
  const [first, ...others] = [
    findNameFault(name),
    passwordFault === null ? null : { field: "password", message: passwordFault },
  ].filter((fault): fault is FieldFault => fault !== null);
  if (first) throw invalidInput(first, ...others);
  const passwordHash = await hashPassword(input.password);
  const personId = services.newId();
  const { organizationId } = found;
  const sessionToken = await inSystemTransaction(services, async (db) => {
    const invitation = await lockInvitation(db, input.token);
    if (!invitation?.isOpen) throw invitationIsDead();
    const { rowCount } = await db.query(
      "insert into people (id, email, name, password_hash) values ($1, $2, $3, $4) on conflict do nothing",
      [personId, invitation.email, name, passwordHash],
    );
    if (rowCount === 0)
      throw new DomainError(
        "conflict",
        "You have an account on this server already: sign in with it, and accept then",
      );
    const actor: Context["actor"] = { kind: "person", personId, role: "member", via: "link" };
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
  return {
    personId,
    organizationId,
    sessionToken,
    deviceToken: createDeviceToken(services, personId),
  };
}
