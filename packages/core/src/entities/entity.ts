import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { JsonObject } from "./merge-patch.ts";

/** An entity of the registry. */
export interface Entity {
  entityType: string;
  entityId: string;
  name: string;
  /** The entity's version. Every change raises it by one. No version is used twice, not even after a deletion. */
  version: number;
  body: JsonObject;
  /** The approved change that an applier is carrying out. null: none. */
  applyingRequestId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The state at an entity's type and id, also where no entity exists. */
export interface Standing {
  /** The entity's name. null: the entity never existed. */
  name: string | null;
  /** The last version. 0: the entity never existed. */
  version: number;
  /** The entity's body. null: the entity never existed, or was deleted. */
  body: JsonObject | null;
  applyingRequestId: string | null;
}

const nothing: Standing = { name: null, version: 0, body: null, applyingRequestId: null };

/** The select list of an {@link Entity}. */
export const entityColumns = `entity_type as "entityType", entity_id as "entityId", name, version, body,
  applying_request_id as "applyingRequestId", created_at as "createdAt", updated_at as "updatedAt"`;

/** The largest size of an entity, in characters of JSON. */
export const ENTITY_BODY_MAX = 100_000;

const standing = `select name, version, body, applying_request_id as "applyingRequestId" from entities
  where organization_id = $1 and entity_type = $2 and entity_id = $3`;

/** Returns the state at a type and id, within the organization's transaction. It locks nothing. */
export async function readStanding(
  db: Transaction,
  { organizationId }: Context,
  entityType: string,
  entityId: string,
): Promise<Standing> {
  const { rows } = await db.query<Standing>(standing, [organizationId, entityType, entityId]);
  return rows[0] ?? nothing;
}

/** Returns the state at a type and id, and locks it: until the transaction's end nobody else changes or creates it. */
export async function lockStanding(
  db: Transaction,
  { organizationId }: Context,
  entityType: string,
  entityId: string,
): Promise<Standing> {
  const key = [organizationId, entityType, entityId];
  await db.query(
    `insert into entities (organization_id, entity_type, entity_id, name, version) values ($1, $2, $3, '', 0)
     on conflict do nothing`,
    key,
  );
  const { rows } = await db.query<Standing>(`${standing} for update`, key);
  return rows[0] ?? nothing;
}

/**
 * Writes the next version of a locked entity. A `body` of null deletes it.
 *
 * @param eventId the event that records the change
 */
export async function writeEntity(
  db: Transaction,
  { organizationId }: Context,
  entity: {
    entityType: string;
    entityId: string;
    name: string;
    version: number;
    body: JsonObject | null;
  },
  eventId: string,
): Promise<void> {
  const { entityType, entityId, name, version, body } = entity;
  const key = [organizationId, entityType, entityId];
  await db.query(
    `update entities set name = $4, version = $5, body = $6, updated_at = now(),
       created_at = case when $5 = 1 then now() else created_at end
     where organization_id = $1 and entity_type = $2 and entity_id = $3`,
    [...key, name, version, body],
  );
  await recordVersion(db, { organizationId }, { entityType, entityId, version }, eventId);
}

/** Records the event that made a version of an entity. */
export async function recordVersion(
  db: Transaction,
  { organizationId }: Pick<Context, "organizationId">,
  { entityType, entityId, version }: { entityType: string; entityId: string; version: number },
  eventId: string,
): Promise<void> {
  await db.query(
    `insert into entity_history (organization_id, entity_type, entity_id, version, event_id)
     values ($1, $2, $3, $4, $5)`,
    [organizationId, entityType, entityId, version, eventId],
  );
}
