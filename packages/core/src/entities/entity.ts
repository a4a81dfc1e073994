import type { PoolClient } from "pg";
import type { Context } from "../context.ts";
import type { JsonObject } from "./merge-patch.ts";

/** An entity of the registry. */
export interface Entity {
  entityType: string;
  entityId: string;
  name: string;
  /** Raised by one with every change; never used twice, also not after a deletion. */
  version: number;
  body: JsonObject;
  /** The approved change that an applier is being told of. */
  applyingRequestId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What stands at the place of an entity, whether there is one or not. */
export interface Standing {
  /** null: nothing was there yet. */
  name: string | null;
  /** 0: nothing was there yet. */
  version: number;
  /** null: nothing is there. */
  body: JsonObject | null;
  applyingRequestId: string | null;
}

const nothing: Standing = { name: null, version: 0, body: null, applyingRequestId: null };

/** The select list of an {@link Entity}. */
export const entityColumns = `entity_type as "entityType", entity_id as "entityId", name, version, body,
  applying_request_id as "applyingRequestId", created_at as "createdAt", updated_at as "updatedAt"`;

/** How large an entity may become, in characters of JSON. */
export const ENTITY_BODY_MAX = 100_000;

const standing = `select name, version, body, applying_request_id as "applyingRequestId" from entities
  where organization_id = $1 and entity_type = $2 and entity_id = $3`;

/** What stands there now, within the organization's transaction. */
export async function readStanding(
  db: PoolClient,
  { organizationId }: Context,
  entityType: string,
  entityId: string,
): Promise<Standing> {
  const { rows } = await db.query<Standing>(standing, [organizationId, entityType, entityId]);
  return rows[0] ?? nothing;
}

/** As `readStanding`; until the transaction's end nobody else changes it, or puts something there. */
export async function lockStanding(
  db: PoolClient,
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

/** Puts the next version of a locked entity; null deletes it. @param eventId the event that tells of it */
export async function writeEntity(
  db: PoolClient,
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

/** Notes which event made a version of an entity. */
export async function recordVersion(
  db: PoolClient,
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
