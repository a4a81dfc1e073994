import { randomBytes } from "node:crypto";
import type { Role } from "../actors/actor.ts";
import { hashSecret } from "../credentials/api-key.ts";
import type { Context } from "../context.ts";
import type { MailSwitch, PublicAddress } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { showsLinks } from "../signing-in/shows-links.ts";

/** How long an invitation can be accepted, from the time at which it was sent last. */
export const INVITATION_HOURS = 72;

/** An invitation that waits for its answer, as the organization's admins see it. */
export interface Invitation {
  id: string;
  /** What whoever invites calls them. */
  name: string;
  email: string;
  role: Role;
  canApprove: boolean;
  /** Null: the command line, or somebody who has left. */
  invitedByName: string | null;
  /** Whether it can still be accepted; else it has to be sent again. */
  isOpen: boolean;
  expiresAt: Date;
  createdAt: Date;
}

/** The link of an invitation just sent. The token is shown now or never: only its SHA-256 is stored. */
export interface InvitationLink {
  /** `{publicUrl}/invitation/{token}` */
  url: string;
  token: string;
  expiresAt: Date;
}

/** A new token and its hash; 256 random bits. */
export function createInvitationToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashSecret(token) };
}

export const linkOf = (
  { services }: Context<PublicAddress>,
  token: string,
  expiresAt: Date,
): InvitationLink => ({
  url: `${services.publicUrl}/invitation/${token}`,
  token,
  expiresAt,
});

/**
 * SQL: whether the invitation `i` can be accepted. It falls with whoever sent it: an admin who has left, was disabled or
 * could not give that role any more leaves no way in behind.
 */
export const isOpen = `(i.ended_at is null and i.expires_at > now() and (i.invited_by is null or exists (
  select from memberships im join people ip on ip.id = im.person_id and ip.disabled_at is null
  where im.organization_id = i.organization_id and im.person_id = i.invited_by
    and (im.role = 'owner' or im.role = 'admin' and i.role <> 'owner'))))`;

/** Who invites; null on the command line, which acts for the server. */
export const inviterOf = ({ actor }: Context): string | null =>
  actor.kind === "person" && actor.via !== "command_line" ? actor.personId : null;

/** Whether the link reaches nobody but who reads the address, or whom the one who runs the server gives it to. */
export const provesAddress = (context: Context<MailSwitch>): boolean =>
  !showsLinks(context) || inviterOf(context) === null;

/** @throws DomainError `forbidden`: only an owner invites an owner */
export function requireMayInvite({ actor }: Context, role: Role): void {
  if (role === "owner" && !(actor.kind === "person" && actor.role === "owner"))
    throw new DomainError("forbidden", "Only an owner may invite another owner");
}
