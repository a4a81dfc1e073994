import type { Context } from "../context.ts";
import { inOrganization } from "../in-organization.ts";
import { requireAdmin } from "../people/require-admin.ts";
import { readConnection } from "./connection.ts";

/** A key as it can still be shown: never the key itself. */
export interface ConnectionKey {
  id: string;
  connectionId: string;
  connectionName: string;
  canDecide: boolean;
  /** What it may do; null: everything that a connection may. */
  scopes: string[] | null;
  prefix: string;
  lastFour: string;
  /** `valid` also says that the connection is active. */
  status: "valid" | "expired" | "revoked" | "inactive";
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

const KEYS_MAX = 1000;

/**
 * The organization's keys, or those of one of its connections, newest first, at most 1,000.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`: there is no such connection
 */
export async function listKeys(context: Context, connectionId?: string): Promise<ConnectionKey[]> {
  requireAdmin(context.actor, "see all keys");
  const { rows } = await inOrganization(context, async (db) => {
    if (connectionId !== undefined) await readConnection(db, connectionId);
    return db.query<ConnectionKey>(
      `select k.id, k.connection_id as "connectionId", c.name as "connectionName", c.can_decide as "canDecide",
         k.scopes, k.prefix, k.last_four as "lastFour",
         case when k.revoked_at is not null or c.deleted_at is not null then 'revoked'
              when k.expires_at <= now() then 'expired'
              when not c.is_active then 'inactive'
              else 'valid' end as status,
         k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt",
         k.created_at as "createdAt"
       from connection_keys k join connections c on c.id = k.connection_id
       where $1::uuid is null or k.connection_id = $1
       order by k.id desc limit ${KEYS_MAX}`,
      [connectionId],
    );
  });
  return rows;
}
