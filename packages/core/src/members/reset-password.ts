import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailPasswordReset } from "../signing-in/mail-password-reset.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { lockMember } from "./lock-member.ts";
import { createOneTimeLink, type NewLink } from "../signing-in/one-time-links.ts";
import { requireOnlyHere } from "./require-only-here.ts";
import { showsLinks } from "../signing-in/shows-links.ts";

/**
 * Makes a link with which a person chooses a new password (`{publicUrl}/reset/{token}`, 1 h). The old password works
 * until then. An older unused link is deleted. The link is mailed to them, where mail is configured. It signs its
 * reader in as them: where {@link showsLinks} says no, show it to nobody.
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
    const { member } = await lockMember(db, context, personId, {
      people: "reset passwords",
      owner: "reset an owner's password",
    });
    const { name, email } = member;
    if (member.isDisabled) throw new DomainError("conflict", "This person is disabled");
    if (email === null)
      throw new DomainError(
        "conflict",
        "This person has no email address yet; use the first admin's link",
      );
    requireOnlyHere(
      context,
      member,
      "They can request a link by email on the sign-in page, or the administrator of this server can create one.",
    );
    const made = await createOneTimeLink(db, services.newId, {
      purpose: "password_reset",
      personId,
      organizationId,
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
