import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { makerOf } from "../actors/maker-of.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailInvitation } from "../invitations/mail-invitation.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { requireMayLetIn } from "./require-may-let-in.ts";
import { createOneTimeLink, type NewLink } from "../signing-in/one-time-links.ts";
import { showsLinks } from "../signing-in/shows-links.ts";

/**
 * Makes a fresh invitation (`{publicUrl}/reset/{token}`, 72 h) for a person who has nothing to sign in with yet. The
 * older one is deleted. The new one is mailed to them, where mail is configured. It signs its reader in as them: where
 * {@link showsLinks} says no, show it to nobody.
 *
 * @throws DomainError `forbidden` (not an admin; only an owner invites an owner), `not_found`, `conflict` (disabled,
 *   can sign in already, without an e-mail address, or invited by another organization as well)
 */
export async function inviteAgain(
  context: Context<AcrossOrganizations & Mailing>,
  personId: string,
): Promise<NewLink & { url: string }> {
  const { services, organizationId } = context;
  return inSystemTransaction(services, async (db) => {
    const { name, email } = await requireMayLetIn(db, context, personId, "invitation");
    const made = await createOneTimeLink(db, services.newId, {
      purpose: "invitation",
      personId,
      organizationId,
      madeBy: makerOf(context.actor),
    });
    const link = { ...made, url: `${services.publicUrl}/reset/${made.token}` };
    await mailInvitation(db, context, { email, name, link });
    await recordEvent(db, context, "person.invited_again", {
      person_id: personId,
      shown_to_admin: showsLinks(context),
    });
    return link;
  });
}
