import type { Context } from "../context.ts";
import type { AcrossOrganizations, NewIds } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { requireSignedIn } from "../actors/require-signed-in.ts";
import { enterOrganization } from "./enter-organization.ts";
import { invitationIsDead, lockInvitation } from "./read-invitation.ts";

/**
 * Accepts an invitation with the account of the calling person, which must have the address that it was sent to. The
 * link is needed as well, because the holder of an account isn't always the reader of its mail. Accepting twice changes
 * nothing more.
 *
 * @returns the organization, and whether they became a member of it now
 * @throws DomainError `forbidden` (a machine, a token, an app; the invitation is for another address), `not_found`
 *   (used by somebody else, expired, withdrawn or replaced)
 */
export async function acceptInvitation(
  context: Context<AcrossOrganizations & NewIds>,
  token: string,
): Promise<{ organizationId: string; isNew: boolean }> {
  const { services, actor } = context;
  const { personId } = requireSignedIn(actor, "accept an invitation");
  return inSystemTransaction(services, async (db) => {
    const invitation = await lockInvitation(db, token);
    if (!invitation) throw invitationIsDead();
    const { organizationId, email } = invitation;
    const { rowCount } = await db.query(
      "select from people where id = $1 and lower(email) = lower($2) and disabled_at is null for no key update",
      [personId, email],
    );
    if (rowCount === 0) throw isForAnother();
    if (invitation.acceptedBy === personId) return { organizationId, isNew: false };
    if (!invitation.isOpen) throw invitationIsDead();
    await enterOrganization(db, { services, actor }, invitation, personId);
    return { organizationId, isNew: true };
  });
}

const isForAnother = (): DomainError =>
  new DomainError(
    "forbidden",
    "This invitation is for another email address. Sign out, and open it again with the account that it was sent to",
  );
