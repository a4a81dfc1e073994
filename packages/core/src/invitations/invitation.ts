import { randomBytes } from "node:crypto";
import type { Role } from "../actors/actor.ts";
import { hashSecret } from "../credentials/api-key.ts";
import type { Context } from "../context.ts";
import type { MailSwitch, PublicAddress } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { showsLinks } from "../signing-in/shows-links.ts";

/** The time in which an invitation can be accepted, from the time at which it was last sent. */
export const INVITATION_HOURS = 72;

/** An invitation that waits for its answer, as the organization's admins see it. */
export interface Invitation {
  id: string;
  /** The name that the inviter gave them. */
  name: string;
  email: string;
  role: Role;
  canApprove: boolean;
  /** Null: the command line, or a person who has left. */
  invitedByName: string | null;
  /** Whether it can still be accepted. Otherwise it has to be sent again. */
  isOpen: boolean;
  expiresAt: Date;
  createdAt: Date;
}

/** The link of an invitation just sent. The token is shown only now, because only its SHA-256 is stored. */
export interface InvitationLink {
  /** `{publicUrl}/invitation/{token}` */
  url: string;
  token: string;
  expiresAt: Date;
}

/** Makes a new token and its hash; 256 random bits. */
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
 * SQL: whether the invitation `i` can be accepted. It ends with its sender: an admin who has left, was disabled or
 * could not give that role any more leaves no way in behind, also if they came back since.
 */
export const isOpen = `(i.ended_at is null and i.expires_at > now() and (i.invited_by is null or exists (
  select from memberships im join people ip on ip.id = im.person_id and ip.disabled_at is null
  where im.organization_id = i.organization_id and im.person_id = i.invited_by and im.created_at <= i.created_at
    and (im.role = 'owner' or im.role = 'admin' and i.role <> 'owner'))))`;

/** Returns the inviter; null on the command line, which acts for the server. */
export const inviterOf = ({ actor }: Context): string | null =>
  actor.kind === "person" && actor.via !== "command_line" ? actor.personId : null;

/** Whether the link reaches only the reader of the address, or a person to whom the server's operator gives it. */
export const provesAddress = (context: Context<MailSwitch>): boolean =>
  !showsLinks(context) || inviterOf(context) === null;

/**
 * Checks that the actor can invite a person in this role.
 *
 * @throws DomainError `forbidden`: only an owner invites an owner
 */
export function requireMayInvite({ actor }: Context, role: Role): void {
  if (role === "owner" && !(actor.kind === "person" && actor.role === "owner"))
    throw new DomainError("forbidden", "Only an owner may invite another owner");
}
