import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/** A personal token as it can still be shown, without the token itself. */
export interface PersonalToken {
  id: string;
  name: string;
  prefix: string;
  lastFour: string;
  scopes: string[];
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

/** The select list of a {@link PersonalToken}. */
export const tokenColumns = `
  id, name, prefix, last_four as "lastFour", scopes, expires_at as "expiresAt", revoked_at as "revokedAt",
  last_used_at as "lastUsedAt", created_at as "createdAt"`;

/**
 * Returns the calling person's own tokens, newest first, revoked and expired ones as well; at most 1,000.
 *
 * @throws DomainError `forbidden`: a machine has none
 */
export async function listTokens(context: Context<InOrganization>): Promise<PersonalToken[]> {
  const { actor } = context;
  if (actor.kind !== "person")
    throw new DomainError("forbidden", "Only a person has personal tokens");
  const { rows } = await inOrganization(context, (db) =>
    db.query<PersonalToken>(
      `select ${tokenColumns} from personal_tokens where person_id = $1 order by created_at desc, id desc limit 1000`,
      [actor.personId],
    ),
  );
  return rows;
}
