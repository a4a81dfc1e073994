import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { hasLapsed, isOpen, type Invitation } from "./invitation.ts";

const LISTED_MAX = 1000;

/**
 * Returns the unanswered invitations of the context's organization, expired and lapsed ones as well, the newest first, 1,000 at
 * most.
 *
 * @throws DomainError `forbidden` (not an admin)
 */
export async function listInvitations(context: Context<InOrganization>): Promise<Invitation[]> {
  requireAdmin(context.actor, "see the invitations");
  const { rows } = await inOrganization(context, (db) =>
    db.query<Invitation>(
      `select i.id, i.name, i.email, i.role, i.can_approve as "canApprove", p.name as "invitedByName",
              ${isOpen} as "isOpen", ${hasLapsed} as "hasLapsed",
              i.expires_at as "expiresAt", i.created_at as "createdAt"
       from invitations i left join people p on p.id = i.invited_by
       where i.ended_at is null order by i.created_at desc, i.id desc limit ${LISTED_MAX}`,
    ),
  );
  return rows;
}
