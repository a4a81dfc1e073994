import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { viewColumns, type View } from "./view.ts";
import { requirePerson } from "./require-person.ts";

/**
 * Lists all views of the calling person by name. There are at most `VIEWS_MAX`.
 *
 * @throws DomainError `forbidden`: the caller is a connection, which keeps no views
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
