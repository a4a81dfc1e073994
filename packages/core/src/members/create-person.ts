import type { Transaction } from "../transactions/transaction.ts";
import type { Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing, NewIds, PublicAddress } from "../capabilities.ts";
import { DomainError, invalidInput, type FieldFault } from "../errors.ts";
import { mailInvitation } from "../invitations/mail-invitation.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { createOneTimeLink, type NewLink } from "../signing-in/one-time-links.ts";
import { findPasswordFault, hashPassword } from "../signing-in/password.ts";
import { findEmailFault, findNameFault, tidyEmail, tidyName } from "../people/person-input.ts";
import { recordEvent } from "../events/record-event.ts";

export interface NewPerson {
  email: string;
  name: string;
  role: Role;
  /** Default true. */
  canApprove?: boolean;
  /** Absent: they choose one with the invitation link. */
  password?: string;
}

export interface CreatedPerson {
  personId: string;
  /** For a person without a password: `{publicUrl}/reset/{token}`, 72 h. */
  invitation: (NewLink & { url: string }) | null;
}

/**
 * Makes a new account, and makes it a member of the context's organization, without asking anybody. Only for the
 * command line, which serves the whole server. Everybody else invites (`invitePerson`), and so does the command line
 * where there is an account with this address, because nobody becomes a member without their own yes.
 *
 * @throws DomainError `forbidden` (not on the command line), `validation_failed`, `conflict` (there is an account)
 */
export async function createPerson(
  context: Context<AcrossOrganizations & Mailing>,
  input: NewPerson,
): Promise<CreatedPerson> {
  const { actor, services, organizationId } = context;
  if (actor.kind !== "person" || actor.via !== "command_line")
    throw new DomainError(
      "forbidden",
      "Invite this person: nobody becomes a member without accepting",
    );
  const person = { ...input, email: tidyEmail(input.email), name: tidyName(input.name) };
  checkPerson(person);
  const passwordHash = person.password === undefined ? null : await hashPassword(person.password);
  return inSystemTransaction(services, async (db) => {
    const personId = services.newId();
    const { rowCount } = await db.query(
      "insert into people (id, email, name, password_hash) values ($1, $2, $3, $4) on conflict do nothing",
      [personId, person.email, person.name, passwordHash],
    );
    if (rowCount === 0)
      throw new DomainError(
        "conflict",
        `${person.email} has an account on this server already: invite them instead`,
      );
    await db.query(
      "insert into memberships (organization_id, person_id, role, can_approve) values ($1, $2, $3, $4)",
      [organizationId, personId, person.role, person.canApprove ?? true],
    );
    await recordEvent(db, context, "person.created", {
      person_id: personId,
      role: person.role,
      can_approve: person.canApprove ?? true,
    });
    if (passwordHash !== null) return { personId, invitation: null };
    const invitation = await invite(db, context, personId);
    const { email, name } = person;
    await mailInvitation(db, context, { email, name, link: invitation });
    return { personId, invitation };
  });
}

async function invite(
  db: Transaction,
  { services, organizationId }: Context<PublicAddress & NewIds>,
  personId: string,
): Promise<NewLink & { url: string }> {
  const link = await createOneTimeLink(db, services.newId, {
    purpose: "invitation",
    personId,
    organizationId,
    madeBy: null,
  });
  return { ...link, url: `${services.publicUrl}/reset/${link.token}` };
}

function checkPerson({ email, name, password }: NewPerson): void {
  const passwordFault = password === undefined ? null : findPasswordFault(password, email);
  const [first, ...others] = [
    findEmailFault(email),
    findNameFault(name),
    passwordFault === null ? null : { field: "password", message: passwordFault },
  ].filter((fault): fault is FieldFault => fault !== null);
  if (first) throw invalidInput(first, ...others);
}
