import type { Transaction } from "../transactions/transaction.ts";
import { isAdmin, isMachines, type Actor, type ApproversNeeded } from "../actors/actor.ts";
import type { Priority } from "../priority.ts";
import { DomainError, notFound } from "../errors.ts";
import type { AgreedVia } from "../actors/recent-proof.ts";
import { requireSecretHolder } from "../actors/require-secret-holder.ts";
import type { PublicAddress } from "../capabilities.ts";
import type { Context } from "../context.ts";

export const connectionPresets = ["n8n", "zapier", "make"] as const;
export type ConnectionPreset = (typeof connectionPresets)[number];

/** A connection as people and machines read it. It never contains a key or a secret. */
export interface Connection {
  id: string;
  ownerId: string;
  ownerName: string;
  name: string;
  preset: ConnectionPreset | null;
  isActive: boolean;
  /** Whether its votes count as the owner's. */
  canDecide: boolean;
  /** Whether it also decides what was asked through it. */
  canDecideOwn: boolean;
  /** The time from which its votes count; null: they don't. */
  decidesSince: Date | null;
  /** The way in which the owner agreed; null: they didn't. */
  decidesBy: AgreedVia | null;
  /** Whether its keys see every request, also where not everybody does. */
  canReadAll: boolean;
  /** 1–10,000 */
  rateLimitPerHour: number;
  /** null: any */
  allowedActionTypes: string[] | null;
  /** null: any */
  maxPriority: Priority | null;
  /** The title of requests that give none; null: they must give one. */
  defaultTitle: string | null;
  /** The priority of requests that give none; null: they must give one. */
  defaultPriority: Priority | null;
  defaultDescription: string | null;
  /** How many of the people whom a request names must approve where it doesn't say so. */
  approversNeeded: ApproversNeeded;
  /** The first characters of the newest key that is still valid; null: none is. */
  apiKeyPrefix: string | null;
  /** The last four characters of that key. */
  apiKeyLastFour: string | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

/** The select list of {@link Connection}, from `connections c join people p on p.id = c.owner_id`. */
export const connectionColumns = `
  c.id, c.owner_id as "ownerId", p.name as "ownerName", c.name, c.preset, c.is_active as "isActive",
  c.can_decide as "canDecide", c.can_decide_own as "canDecideOwn", c.decides_since as "decidesSince",
  c.decides_by as "decidesBy", c.can_read_all as "canReadAll", c.rate_limit_per_hour as "rateLimitPerHour",
  c.allowed_action_types as "allowedActionTypes", c.max_priority as "maxPriority",
  c.default_title as "defaultTitle", c.approvers_needed as "approversNeeded",
  c.default_priority as "defaultPriority", c.default_description as "defaultDescription",
  (select k.prefix from connection_keys k
   where k.connection_id = c.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
   order by k.id desc limit 1) as "apiKeyPrefix",
  (select k.last_four from connection_keys k
   where k.connection_id = c.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
   order by k.id desc limit 1) as "apiKeyLastFour",
  c.last_used_at as "lastUsedAt", c.created_at as "createdAt"`;

/**
 * Reads a connection within the organization's transaction.
 *
 * @throws DomainError `not_found`
 */
export async function readConnection(db: Transaction, connectionId: string): Promise<Connection> {
  const { rows } = await db.query<Connection>(
    `select ${connectionColumns} from connections c join people p on p.id = c.owner_id
     where c.id = $1 and c.deleted_at is null`,
    [connectionId],
  );
  if (!rows[0]) throw notFound("Connection");
  return rows[0];
}

/**
 * Whether the actor looks after a connection of this person: the person themselves, not through an app, or an admin.
 */
export const looksAfter = (actor: Actor, ownerId: string): boolean =>
  isAdmin(actor) ||
  (actor.kind === "person" && actor.via !== "oauth" && actor.personId === ownerId);

/**
 * Whether the actor can get the keys and secrets of a connection of this person: the person themselves, not through an
 * app, or the operator at the server's command line. An admin can't, because with a key comes the secret by which the
 * connection's automation recognises a true answer.
 */
const holdsKeysOf = (actor: Actor, ownerId: string): boolean =>
  actor.kind === "person" &&
  (actor.via === "command_line" || (actor.via !== "oauth" && actor.personId === ownerId));

/** The values of a connection whose row is locked. */
interface LockedConnection {
  ownerId: string;
  canDecide: boolean;
  canDecideOwn: boolean;
}

/**
 * Locks a connection that is about to change. Lets through only admins and the person who owns it, because a leaked key
 * must not be able to renew itself.
 *
 * @throws DomainError `not_found`, `forbidden` (`details.reason`: `session_required` for a key or an app, otherwise
 *   `not_the_owner`)
 */
export async function lockConnection(
  db: Transaction,
  actor: Actor,
  connectionId: string,
  verb: string,
): Promise<LockedConnection> {
  // The person first, because a new password locks them first too, and then the connections that vote for them.
  if (actor.kind === "person")
    await db.query("select from people where id = $1 for share", [actor.personId]);
  const { rows } = await db.query<LockedConnection>(
    `select owner_id as "ownerId", can_decide as "canDecide", can_decide_own as "canDecideOwn"
     from connections where id = $1 and deleted_at is null for no key update`,
    [connectionId],
  );
  if (!rows[0] || (actor.kind === "connection" && actor.connectionId !== connectionId))
    throw notFound("Connection");
  if (!looksAfter(actor, rows[0].ownerId)) {
    throw new DomainError(
      "forbidden",
      `Only an admin, or the person who owns the connection, may ${verb}`,
      { details: { reason: isMachines(actor) ? "session_required" : "not_the_owner" } },
    );
  }
  return rows[0];
}

/**
 * Locks a connection that is about to get a key or a secret. Lets through only the person who owns it, and the
 * operator.
 *
 * @throws DomainError `not_found`, `forbidden` (`details.reason`: `not_the_owner`)
 */
export async function lockOwnConnection(
  db: Transaction,
  context: Pick<Context<PublicAddress>, "actor" | "services">,
  connectionId: string,
  verb: string,
): Promise<LockedConnection> {
  const locked = await lockConnection(db, context.actor, connectionId, verb);
  await requireSecretHolder(db, context, {
    isOwn: holdsKeysOf(context.actor, locked.ownerId),
    deed: verb,
    isOwnersAlone: `Only the person who owns the connection may ${verb}. Make a connection of your own, or have theirs transferred to you`,
  });
  return locked;
}
