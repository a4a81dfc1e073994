import type { PoolClient } from "pg";
import type { Role } from "../actor.ts";
import type { Context } from "../context.ts";
import { DomainError, invalidInput, type FieldFault } from "../errors.ts";
import { mailInvitation } from "../mail/invitation.ts";
import { hasSignIn } from "./has-sign-in.ts";
import { inSystemTransaction } from "./in-system-transaction.ts";
import { createOneTimeLink, type NewLink } from "./one-time-links.ts";
import { findPasswordFault, hashPassword } from "./password.ts";
import { findEmailFault, findNameFault, tidyEmail, tidyName } from "./person-input.ts";
import { recordEvent } from "../events/record-event.ts";
import { requireAdmin } from "./require-admin.ts";

export interface NewPerson {
  email: string;
  name: string;
  role: Role;
  /** Default true. */
  canApprove?: boolean;
  /** Absent: they choose one by the invitation link. */
  password?: string;
}

export interface CreatedPerson {
  personId: string;
  /**
   * For whoever has neither password nor passkey yet: `{publicUrl}/reset/{token}`, 72 h. Null also for somebody whom
   * another organization has invited: its invitation lets them in here, too.
   */
  invitation: (NewLink & { url: string }) | null;
}

/**
 * Makes a person a member of the context's organization. Somebody who is known by this e-mail address from another
 * organization is the same person and keeps their name and password.
 *
 * @throws DomainError `forbidden` (not an admin; only an owner makes owners), `validation_failed`, `conflict` (is a
 *   member already)
 */
export async function createPerson(context: Context, input: NewPerson): Promise<CreatedPerson> {
  const { actor, services, organizationId } = context;
  requireAdmin(actor, "add people");
  if (input.role === "owner" && !(actor.kind === "person" && actor.role === "owner")) {
    throw new DomainError("forbidden", "Only an owner may add another owner");
  }
  const person = { ...input, email: tidyEmail(input.email), name: tidyName(input.name) };
  checkPerson(person);
  const passwordHash = person.password === undefined ? null : await hashPassword(person.password);
  const created = await inSystemTransaction(services, async (db) => {
    const found = await findOrInsert(db, services.newId(), person, passwordHash);
    const { personId } = found;
    const { rowCount } = await db.query(
      `insert into memberships (organization_id, person_id, role, can_approve) values ($1, $2, $3, $4)
       on conflict do nothing`,
      [organizationId, personId, person.role, person.canApprove ?? true],
    );
    if (rowCount === 0)
      throw new DomainError("conflict", `${person.email} is a member of this organization already`);
    await db.query("delete from former_members where organization_id = $1 and person_id = $2", [
      organizationId,
      personId,
    ]);
    await recordEvent(db, context, "person.created", {
      person_id: personId,
      role: person.role,
      can_approve: person.canApprove ?? true,
    });
    const invitation =
      found.hasSignIn || found.isElsewhere ? null : await invite(db, context, personId);
    if (!found.isDisabled) await mailInvitation(db, context, { ...found, link: invitation });
    return { personId, invitation };
  });
  services.wakeWorker();
  return created;
}

async function invite(
  db: PoolClient,
  { services, organizationId }: Context,
  personId: string,
): Promise<NewLink & { url: string }> {
  const link = await createOneTimeLink(db, services.newId, {
    purpose: "invitation",
    personId,
    organizationId,
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

interface FoundPerson {
  personId: string;
  name: string;
  email: string;
  hasSignIn: boolean;
  isDisabled: boolean;
  /** Whether they are a member of any organization yet. */
  isElsewhere: boolean;
}

async function findOrInsert(
  db: PoolClient,
  id: string,
  { email, name }: NewPerson,
  passwordHash: string | null,
): Promise<FoundPerson> {
  await db.query(
    "insert into people (id, email, name, password_hash) values ($1, $2, $3, $4) on conflict do nothing",
    [id, email, name, passwordHash],
  );
  const { rows } = await db.query<FoundPerson>(
    `select p.id as "personId", p.name, p.email, ${hasSignIn} as "hasSignIn", p.disabled_at is not null as "isDisabled",
            exists (select from memberships m where m.person_id = p.id) as "isElsewhere"
     from people p where lower(p.email) = lower($1)`,
    [email],
  );
  return rows[0]!;
}
