import { lengthOf, PAGE_BYTES_MAX } from "../lists/budgets.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { entityColumns, type Entity } from "./entity.ts";
import { findEntityType } from "./entity-type.ts";

export interface EntityPage {
  entities: Entity[];
  /** The id after which the next page begins. null: this page is the last. */
  nextAfter: string | null;
}

/**
 * Lists the registered entities of a type by id. A page ends before its `limit` where the entities are long.
 *
 * @param after the id after which the page begins; null: from the first
 * @param limit 1–100
 * @throws DomainError `not_found`: there is no such type
 */
export function listEntities(
  context: Context<InOrganization>,
  entityType: string,
  after: string | null,
  limit: number,
): Promise<EntityPage> {
  return inOrganization(context, async (db) => {
    if (!(await findEntityType(db, entityType))) throw notFound("Type of entities");
    const found = `select *, sum(${lengthOf("body")}) over (order by entity_id) as total, row_number() over (order by entity_id) as place
       from entities
       where organization_id = $1 and entity_type = $2 and body is not null and ($3::text is null or entity_id > $3)
       order by entity_id limit $4`;
    const { rows } = await db.query<Entity & { found: number }>(
      `select ${entityColumns}, found from (select *, count(*) over () as found from (${found}) f) f
       where place = 1 or (place < $4 and total <= $5) order by entity_id`,
      [context.organizationId, entityType, after, limit + 1, PAGE_BYTES_MAX],
    );
    const entities = rows.map(({ found: _, ...entity }) => entity);
    const hasMore = (rows[0]?.found ?? 0) > entities.length;
    return {
      entities,
      nextAfter: hasMore ? (entities.at(-1)?.entityId ?? null) : null,
    };
  });
}

/**
 * Returns one registered entity, as it is now.
 *
 * @throws DomainError `not_found`: it was never registered, or was deleted
 */
export async function getEntity(
  context: Context<InOrganization>,
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
