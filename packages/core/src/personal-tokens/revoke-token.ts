import { isAdmin } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";

/**
 * Revokes a personal token: one's own, or for an admin anybody's in the organization. Revoking it again does nothing.
 *
 * @throws DomainError `forbidden` (a machine), `not_found` (no such token, or somebody else's)
 */
export async function revokeToken(
  context: Context<InOrganization & NewIds>,
  tokenId: string,
): Promise<void> {
  const { actor } = context;
  if (actor.kind !== "person")
    throw new DomainError("forbidden", "Only a person has personal tokens");
  await inOrganization(context, async (db) => {
    const { rows } = await db.query<{ revoked: boolean; person_id: string }>(
      `select revoked_at is not null as revoked, person_id from personal_tokens
       where id::text = $1 and ($2 or person_id = $3) for update`,
      [tokenId, isAdmin(actor), actor.personId],
    );
    const [found] = rows;
    if (!found) throw notFound("Token");
    if (found.revoked) return;
    await db.query("update personal_tokens set revoked_at = now() where id = $1", [tokenId]);
    await recordEvent(db, context, "token.revoked", {
      token_id: tokenId,
      person_id: found.person_id,
    });
  });
}
