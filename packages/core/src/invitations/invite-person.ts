import type { Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { DomainError, invalidInput, type FieldFault } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailInvitation } from "./mail-invitation.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { findEmailFault, findNameFault, tidyEmail, tidyName } from "../people/person-input.ts";
import { makerOf } from "../actors/maker-of.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { requireAdminNow } from "../actors/role-now.ts";
import {
  createInvitationToken,
  INVITATION_HOURS,
  isOpen,
  linkOf,
  provesAddress,
  requireMayInvite,
  type InvitationLink,
} from "./invitation.ts";

/** The person to invite, and the role for them. */
export interface NewInvitation {
  email: string;
  /** The inviter's name for them. An account that exists keeps its own name. */
  name: string;
  role: Role;
  /** Default true. */
  canApprove?: boolean;
}

/**
 * Invites a person to the context's organization. Until they accept, they are no member, and nothing about them is
 * revealed: the answer, the mail and everything after it are the same whether there is an account with this address or
 * not. A new invitation replaces an expired one.
 *
 * @returns the invitation's id and its link. Give the link to that person only: with it, anybody can make an account
 *   with this address, if there is none yet
 * @throws DomainError `forbidden` (not an admin; only an owner invites an owner), `validation_failed`, `conflict` (is a
 *   member of this organization, or invited, already)
 */
export async function invitePerson(
  context: Context<AcrossOrganizations & Mailing>,
  input: NewInvitation,
): Promise<{ id: string; link: InvitationLink }> {
  const { actor, services, organizationId } = context;
  requireAdmin(actor, "invite people");
  requireMayInvite(actor, input.role);
  const email = tidyEmail(input.email);
  const name = tidyName(input.name);
  const [first, ...others] = [findEmailFault(email), findNameFault(name)].filter(
    (fault): fault is FieldFault => fault !== null,
  );
  if (first) throw invalidInput(first, ...others);
  const { role, canApprove = true } = input;
  return inSystemTransaction(services, async (db) => {
    requireMayInvite(await requireAdminNow(db, context, "invite people"), role);
    const member = await db.query(
      `select from memberships m join people p on p.id = m.person_id
       where m.organization_id = $1 and lower(p.email) = lower($2)`,
      [organizationId, email],
    );
    if (member.rowCount !== 0)
      throw new DomainError("conflict", `${email} is a member of this organization already`);
    await db.query(
      `update invitations i set ended_at = now(), ended_as = 'withdrawn'
       where i.organization_id = $1 and lower(i.email) = lower($2) and i.ended_at is null and not ${isOpen}`,
      [organizationId, email],
    );
    const { token, hash } = createInvitationToken();
    const id = services.newId();
    const { rows } = await db.query<{ expiresAt: Date }>(
      `insert into invitations (id, organization_id, email, name, role, can_approve, token_hash, invited_by, proves_address,
         expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(hours => ${INVITATION_HOURS}))
       on conflict do nothing returning expires_at as "expiresAt"`,
      [
        id,
        organizationId,
        email,
        name,
        role,
        canApprove,
        hash,
        makerOf(actor),
        provesAddress(context),
      ],
    );
    if (!rows[0])
      throw new DomainError(
        "conflict",
        `${email} is invited already: send that invitation again, or withdraw it`,
      );
    const link = linkOf(context, token, rows[0].expiresAt);
    await mailInvitation(db, context, { email, name, link, action: "Look at the invitation" });
    await recordEvent(db, context, "invitation.created", {
      invitation_id: id,
      email,
      role,
      can_approve: canApprove,
    });
    return { id, link };
  });
}
