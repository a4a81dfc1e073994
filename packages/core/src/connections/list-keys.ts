import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { looksAfter, readConnection } from "./connection.ts";

/** A key as it can still be shown. It never contains the key itself. */
export interface ConnectionKey {
  id: string;
  connectionId: string;
  connectionName: string;
  canDecide: boolean;
  /** The key's scopes; null: everything that a connection can do. */
  scopes: string[] | null;
  prefix: string;
  lastFour: string;
  /** `valid` also means that the connection is active. */
  status: "valid" | "expired" | "revoked" | "inactive";
  /** The person who made it; null: it was made before Sayso recorded this. */
  madeBy: { id: string; name: string } | null;
  /**
   * Whether the key is revoked when the owner lets the connection vote, because the owner did not create it while
   * signed in.
   */
  endsWithDeciding: boolean;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** The reason for the end; null: somebody revoked it, or nobody did. */
  revokedReason: "not_made_by_owner" | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

/** SQL: whether the key `k` of the connection `c` was not made by the connection's owner, signed in. */
export const isOfOthers =
  "(k.made_by is distinct from c.owner_id or k.made_via is distinct from 'session')";

const KEYS_MAX = 1000;

/**
 * Returns the organization's keys, or those of one of its connections, newest first, at most 1,000.
 *
 * @throws DomainError `forbidden`: all keys are for admins, a connection's keys also for its owner; `not_found`: there
 *   is no such connection
 */
export async function listKeys(
  context: Context<InOrganization>,
  connectionId?: string,
): Promise<ConnectionKey[]> {
  if (connectionId === undefined) requireAdmin(context.actor, "see all keys");
  const { rows } = await inOrganization(context, async (db) => {
    if (connectionId !== undefined) {
      const { ownerId } = await readConnection(db, connectionId);
      if (!looksAfter(context.actor, ownerId))
        throw new DomainError(
          "forbidden",
          "Only an admin, or the person who owns the connection, may see its keys",
        );
    }
    return db.query<ConnectionKey>(
      `select k.id, k.connection_id as "connectionId", c.name as "connectionName", c.can_decide as "canDecide",
         k.scopes, k.prefix, k.last_four as "lastFour",
         case when k.revoked_at is not null or c.deleted_at is not null then 'revoked'
              when k.expires_at <= now() then 'expired'
              when not c.is_active then 'inactive'
              else 'valid' end as status,
         case when m.id is not null then json_build_object('id', m.id, 'name', m.name) end as "madeBy",
         ${isOfOthers} as "endsWithDeciding", k.revoked_reason as "revokedReason",
         k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt",
         k.created_at as "createdAt"
       from connection_keys k join connections c on c.id = k.connection_id
         left join people m on m.id = k.made_by
       where $1::uuid is null or k.connection_id = $1
       order by k.id desc limit ${KEYS_MAX}`,
      [connectionId],
    );
  });
  return rows;
}
