import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";
import { entityColumns, type Entity } from "./entity.ts";
import { findEntityType } from "./entity-type.ts";

export interface EntityPage {
  entities: Entity[];
  /** The id after which the next page begins; null: this is the last. */
  nextAfter: string | null;
}

/**
 * The registered entities of a type, by id.
 *
 * @param limit 1–100
 * @throws DomainError `not_found`: there is no such type
 */
export function listEntities(
  context: Context,
  entityType: string,
  after: string | null,
  limit: number,
): Promise<EntityPage> {
  return inOrganization(context, async (db) => {
    if (!(await findEntityType(db, entityType))) throw notFound("Type of entities");
    const { rows } = await db.query<Entity>(
      `select ${entityColumns} from entities
       where organization_id = $1 and entity_type = $2 and body is not null and ($3::text is null or entity_id > $3)
       order by entity_id limit $4`,
      [context.organizationId, entityType, after, limit + 1],
    );
    const entities = rows.slice(0, limit);
    return {
      entities,
      nextAfter: rows.length > limit ? (entities.at(-1)?.entityId ?? null) : null,
    };
  });
}

/**
 * One registered entity, as it is now.
 *
 * @throws DomainError `not_found`: it is not there, or was deleted
 */
export async function getEntity(
  context: Context,
  entityType: string,
  entityId: string,
): Promise<Entity> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<Entity>(
      `select ${entityColumns} from entities
       where organization_id = $1 and entity_type = $2 and entity_id = $3 and body is not null`,
      [context.organizationId, entityType, entityId],
    ),
  );
  if (!rows[0]) throw notFound("Entity");
  return rows[0];
}
