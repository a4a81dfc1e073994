import { randomBytes } from "node:crypto";
import type { Actor, Role } from "../actors/actor.ts";
import { hashSecret } from "../credentials/api-key.ts";
import type { Context } from "../context.ts";
import type { MailSwitch, PublicAddress } from "../capabilities.ts";
import { makerOf } from "../actors/maker-of.ts";
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
  /** Whether its sender lost the right to send it: was removed, disabled or demoted. Then it isn't open. */
  hasLapsed: boolean;
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

/** SQL: whether a person in the role `by` may invite somebody in the role `role`, as `requireMayInvite` says. */
export const maySend = (by: string, role: string): string =>
  `(${by} = 'owner' or (${by} = 'admin' and ${role} <> 'owner'))`;

/**
 * SQL: whether the invitation `i` can be accepted. It lapses with its sender's right to send it: an admin who has left,
 * was disabled or could not give that role any more leaves no way in behind. `lapseInvitations` makes that final; the
 * condition also holds where a process of an earlier release has changed the sender.
 */
export const isOpen = `(i.ended_at is null and i.expires_at > now()
  and i.lapsed_token_hash is distinct from i.token_hash and (i.invited_by is null or exists (
    select from memberships im join people ip on ip.id = im.person_id and ip.disabled_at is null
    where im.organization_id = i.organization_id and im.person_id = i.invited_by and ${maySend("im.role", "i.role")})))`;

/** SQL: whether the invitation `i` has lapsed, as its sender may not send it any more. */
export const hasLapsed = `(i.lapsed_token_hash is not distinct from i.token_hash or (i.expires_at > now() and not ${isOpen}))`;

/** Whether the link reaches only the reader of the address, or a person to whom the server's operator gives it. */
export const provesAddress = (context: Context<MailSwitch>): boolean =>
  !showsLinks(context) || makerOf(context.actor) === null;

/**
 * Checks that the actor can invite a person in this role.
 *
 * @throws DomainError `forbidden`: only an owner invites an owner
 */
export function requireMayInvite(actor: Actor, role: Role): void {
  if (role === "owner" && !(actor.kind === "person" && actor.role === "owner"))
    throw new DomainError("forbidden", "Only an owner may invite another owner");
}
