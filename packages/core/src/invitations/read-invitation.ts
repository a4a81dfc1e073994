import type { Transaction } from "../transactions/transaction.ts";
import type { Role } from "../actors/actor.ts";
import { hashSecret } from "../credentials/api-key.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DomainError } from "../errors.ts";
import { isOpen } from "./invitation.ts";

/** An invitation as the holder of its link sees it. It contains nothing from anybody's account. */
export interface FoundInvitation {
  id: string;
  organizationId: string;
  organizationName: string;
  inviterName: string | null;
  /** The inviter's address, because anybody can have the inviter's name. */
  inviterEmail: string | null;
  email: string;
  name: string;
  role: Role;
  canApprove: boolean;
  isOpen: boolean;
  /**
   * Whether the link proves that its holder reads the address, as a mail to it would, because nobody else was shown it.
   */
  provesAddress: boolean;
  /** The id of the person who accepted it; null: nobody yet. */
  acceptedBy: string | null;
}

const find = `
  select i.id, i.organization_id as "organizationId", o.name as "organizationName", p.name as "inviterName", p.email as "inviterEmail", i.email, i.name,
         i.role, i.can_approve as "canApprove", i.proves_address as "provesAddress", ${isOpen} as "isOpen", i.accepted_by as "acceptedBy"
  from invitations i join organizations o on o.id = i.organization_id left join people p on p.id = i.invited_by
  where i.token_hash = $1`;

const isToken = (token: string): boolean => /^[\w-]{43}$/.test(token);

/**
 * Returns the invitation of this token. Null for a withdrawn, replaced, expired or invented one. An invitation that was
 * accepted is returned, but isn't open. Changes nothing.
 */
export async function readInvitation(
  services: SystemPool,
  token: string,
): Promise<FoundInvitation | null> {
  if (!isToken(token)) return null;
  const { rows } = await withRetries(() =>
    services.system.query<FoundInvitation>(find, [hashSecret(token)]),
  );
  const [found] = rows;
  return found && (found.isOpen || found.acceptedBy !== null) ? found : null;
}

/**
 * Returns the invitation of this token, locked until the transaction ends, so that of two who accept at once one comes
 * after the other. Also returns one that is withdrawn or expired, which isn't open.
 */
export async function lockInvitation(
  db: Transaction,
  token: string,
): Promise<FoundInvitation | null> {
  if (!isToken(token)) return null;
  await db.query("select from invitations where token_hash = $1 for update", [hashSecret(token)]);
  const { rows } = await db.query<FoundInvitation>(find, [hashSecret(token)]);
  return rows[0] ?? null;
}

export const invitationIsDead = (): DomainError =>
  new DomainError(
    "not_found",
    "This invitation is no longer valid: it was used, has expired, was revoked, or was replaced by a newer one",
  );
