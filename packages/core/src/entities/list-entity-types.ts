import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { goalEntityTypes } from "./goal-entity.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import {
  builtInEntityTypes,
  entityTypeColumns,
  type EntityType,
  type OwnEntityType,
} from "./entity-type.ts";

/** Lists every type of entities that can be changed: those that every organization has, then its own ones by name. */
export function listEntityTypes(context: Context<InOrganization>): Promise<EntityType[]> {
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<OwnEntityType>(
      `select ${entityTypeColumns} from entity_types where organization_id = $1 order by name`,
      [context.organizationId],
    );
    return [
      ...builtInEntityTypes.map((name): EntityType => ({ kind: "built_in", name })),
      ...goalEntityTypes.map((name): EntityType => ({ kind: "goal", name })),
      ...rows.map((own): EntityType => ({ kind: "own", ...own })),
    ];
  });
}
