import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { makerOf } from "../actors/maker-of.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailPasswordReset } from "../signing-in/mail-password-reset.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { requireMayLetIn } from "./require-may-let-in.ts";
import { createOneTimeLink, type NewLink } from "../signing-in/one-time-links.ts";
import { showsLinks } from "../signing-in/shows-links.ts";

/**
 * Makes a link with which a person chooses a new password (`{publicUrl}/reset/{token}`, 1 h). The old password works
 * until then. An older unused link is deleted. The link is mailed to them, where mail is configured. Using it asks
 * {@link requireMayLetIn} again. It signs its reader in as them: where {@link showsLinks} says no, show it to nobody.
 *
 * @throws DomainError `forbidden` (not an admin; only an owner resets an owner's), `not_found`, `conflict` (disabled,
 *   without an e-mail address to sign in with, or in another organization as well)
 */
export async function resetPassword(
  context: Context<AcrossOrganizations & Mailing>,
  personId: string,
): Promise<NewLink & { url: string }> {
  const { services, organizationId } = context;
  return inSystemTransaction(services, async (db) => {
    const { name, email } = await requireMayLetIn(db, context, personId, "password_reset");
    const made = await createOneTimeLink(db, services.newId, {
      purpose: "password_reset",
      personId,
      organizationId,
      madeBy: makerOf(context.actor),
    });
    const link = { ...made, url: `${services.publicUrl}/reset/${made.token}` };
    await mailPasswordReset(db, services, { organizationId, email, name, by: "admin", link });
    await recordEvent(db, context, "person.password_reset_requested", {
      person_id: personId,
      shown_to_admin: showsLinks(context),
    });
    return link;
  });
}
