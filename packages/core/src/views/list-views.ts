import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { viewColumns, type View } from "./view.ts";
import { requirePerson } from "./view-input.ts";

/**
 * The calling person's views by name, at most as many as they may keep (`VIEWS_MAX`).
 *
 * @throws DomainError `forbidden`: a machine keeps none
 */
export async function listViews(context: Context<InOrganization>): Promise<View[]> {
  const { personId } = requirePerson(context.actor);
  const { rows } = await inOrganization(context, (db) =>
    db.query<View>(
      `select ${viewColumns} from saved_views where organization_id = $1 and person_id = $2
       order by lower(name)`,
      [context.organizationId, personId],
    ),
  );
  return rows;
}
