import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { LinkPurpose } from "../signing-in/one-time-links.ts";
import { lockMember, type Deed } from "./lock-member.ts";
import { requireOnlyHere } from "./require-only-here.ts";

/** The purposes of links that an admin makes for a member. */
type AdminsPurpose = Exclude<LinkPurpose, "first_admin">;

const deeds: Record<AdminsPurpose, Deed> = {
  password_reset: { people: "reset passwords", owner: "reset an owner's password" },
  invitation: { people: "invite people", owner: "invite an owner" },
};

const onlyHere: Record<AdminsPurpose, string> = {
  password_reset:
    "They can request a link by email on the sign-in page, or the administrator of this server can create one.",
  invitation: "The invitation that they got first lets them in here, too.",
};

/**
 * Lets through only an actor who may let this person in by a link of this purpose, now, and locks both. It is asked
 * when the link is made, and again, for its maker, when the link is used: the link gives the whole account, so nobody
 * gets more by it than they could do at that moment.
 *
 * @param db a transaction that sees all organizations
 * @throws DomainError `forbidden` (not an admin; only an owner lets an owner in), `not_found`, `conflict` (disabled,
 *   without an e-mail address to sign in with, or in another organization as well; for an invitation, can sign in
 *   already)
 */
export async function requireMayLetIn(
  db: Transaction,
  context: Context,
  personId: string,
  purpose: AdminsPurpose,
): Promise<{ name: string; email: string }> {
  const { member } = await lockMember(db, context, personId, deeds[purpose]);
  const { name, email } = member;
  if (member.isDisabled) throw new DomainError("conflict", "This person is disabled");
  if (purpose === "invitation" && member.hasSignIn)
    throw new DomainError(
      "conflict",
      "This person can sign in already; give them a link for a new password instead",
    );
  if (email === null)
    throw new DomainError(
      "conflict",
      "This person has no email address yet; use the first admin's link",
    );
  requireOnlyHere(context, member, onlyHere[purpose]);
  return { name, email };
}
