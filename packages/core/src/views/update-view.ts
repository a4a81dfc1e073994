import { viewName } from "@sayso/fields";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { refuseDuplicate } from "../transactions/refuse-duplicate.ts";
import { viewColumns, type View, type ViewQuery } from "./view.ts";
import { requirePerson } from "./require-person.ts";
import { readField } from "../read-field.ts";

/**
 * Renames one of the calling person's views, replaces its query as a whole, or both.
 *
 * @throws DomainError `forbidden` (the caller is a connection), `validation_failed`, `not_found` (also for another
 *   person's view), `conflict` (the name is taken)
 */
export async function updateView(
  context: Context<InOrganization>,
  viewId: string,
  changes: { name?: string; query?: ViewQuery },
): Promise<View> {
  const { personId } = requirePerson(context.actor);
  const name = changes.name === undefined ? null : readField("name", viewName, changes.name);
  return inOrganization(context, async (db) => {
    const { rows } = await db
      .query<View>(
        `update saved_views set name = coalesce($3, name), query = coalesce($4::json, query), updated_at = now()
         where id = $1 and person_id = $2 returning ${viewColumns}`,
        [viewId, personId, name, changes.query && JSON.stringify(changes.query)],
      )
      .catch(refuseDuplicate("saved_views_name"));
    if (!rows[0]) throw notFound("View");
    return rows[0];
  });
}
