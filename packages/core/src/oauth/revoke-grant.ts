import { isAdmin } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * Revokes a grant: one's own, or for an admin anybody's in the organization. All its tokens are refused on every
 * replica within a second. Revoking it again does nothing.
 *
 * @throws DomainError `forbidden` (a machine), `not_found` (no such grant, or somebody else's; for an app, every grant)
 */
export async function revokeGrant(
  context: Context<InOrganization & NewIds>,
  grantId: string,
): Promise<void> {
  const { actor } = context;
  if (actor.kind !== "person")
    throw new DomainError("forbidden", "Only a person can disconnect an app");
  // An app learns nothing about other grants, and ends its own by revoking its token (RFC 7009).
  if (actor.via === "oauth") throw notFound("Connected app");
  await inOrganization(context, async (db) => {
    const { rows } = await db.query<{ is_revoked: boolean; client_id: string; person_id: string }>(
      `select revoked_at is not null as is_revoked, client_id, person_id from oauth_grants
       where id::text = $1 and ($2 or person_id = $3) for update`,
      [grantId, isAdmin(actor), actor.personId],
    );
    const [grant] = rows;
    if (!grant) throw notFound("Connected app");
    if (grant.is_revoked) return;
    const reason = grant.person_id === actor.personId ? "person" : "admin";
    await db.query(
      "update oauth_grants set revoked_at = now(), revoked_reason = $2 where id = $1",
      [grantId, reason],
    );
    await recordEvent(db, context, "grant.revoked", {
      grant_id: grantId,
      client_id: grant.client_id,
      person_id: grant.person_id,
      reason,
    });
  });
}
