import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { requireAdmin } from "../../actors/require-admin.ts";
import type { GoalsScope } from "./goals-scopes.ts";

/** A goals key without its secret. */
export interface GoalsKey {
  id: string;
  connectionId: string;
  name: string;
  prefix: string;
  lastFour: string;
  scopes: GoalsScope[];
  ownerName: string;
  /** The time since which the key is refused. null: it is valid. */
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

const KEYS_MAX = 1000;

/**
 * Lists the organization's goals keys, revoked ones included, newest first, at most 1,000. `revokeGoalsKey` revokes
 * one.
 *
 * @throws DomainError `forbidden`: only an admin may
 */
export async function listGoalsKeys(context: Context<InOrganization>): Promise<GoalsKey[]> {
  requireAdmin(context.actor, "see all keys");
  const { rows } = await inOrganization(context, (db) =>
    db.query<GoalsKey>(
      `select k.id, k.connection_id as "connectionId", c.name, k.prefix, k.last_four as "lastFour", k.scopes,
         p.name as "ownerName", coalesce(k.revoked_at, c.deleted_at) as "revokedAt", k.last_used_at as "lastUsedAt",
         k.created_at as "createdAt"
       from connection_keys k join connections c on c.id = k.connection_id join people p on p.id = c.owner_id
       where k.scopes is not null order by k.id desc limit ${KEYS_MAX}`,
    ),
  );
  return rows;
}
