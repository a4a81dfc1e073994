import type { PublicAddress } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import type { Queryable } from "../queryable.ts";
import type { Actor } from "./actor.ts";
import { requireRecentProof } from "./recent-proof.ts";
import { requireAdmin } from "./require-admin.ts";

/**
 * Lets through only somebody to whom a secret that signs "approved" may be shown: the actor whose thing it is, or, in
 * person, an admin who may approve (decision 22). The secrets and keys of a connection are its owner's alone. The same
 * holds for a change of the address to which something signed is sent, because with the address comes the power of the
 * secret. Every verb that does one of these calls this.
 *
 * @param db a transaction within the organization
 * @param of.isOwn whether the actor made the thing that the secret belongs to, or answers for it
 * @param of.deed completes "Only an admin may …"
 * @param of.isOwnersAlone refuses admins as well, with these words
 * @throws DomainError `forbidden`. `details.reason`: `not_the_owner`, `admin_required`, `session_required`,
 *   `confirm_identity`, or `may_not_approve`
 */
export async function requireSecretHolder(
  db: Queryable,
  context: { actor: Actor; services: PublicAddress },
  { isOwn, deed, isOwnersAlone }: { isOwn: boolean; deed: string; isOwnersAlone?: string },
): Promise<void> {
  if (isOwn) return;
  const { actor } = context;
  if (isOwnersAlone !== undefined)
    throw new DomainError("forbidden", isOwnersAlone, { details: { reason: "not_the_owner" } });
  requireAdmin(actor, deed);
  // The operator has the database, and with it every secret.
  if ((await requireRecentProof(db, context, deed)) === "command_line") return;
  const { rowCount } = await db.query(
    `select from memberships
     where organization_id = current_organization_id() and person_id = $1 and can_approve and role <> 'member'`,
    [actor.personId],
  );
  if (rowCount === 0)
    throw new DomainError("forbidden", `Only an admin who may approve requests may ${deed}`, {
      details: { reason: "may_not_approve" },
    });
}
