import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requirePerson } from "./view-input.ts";

/**
 * Deletes one of the calling person's views.
 *
 * @throws DomainError `forbidden` (a machine), `not_found` (somebody else's looks the same as none)
 */
export async function deleteView(context: Context<InOrganization>, viewId: string): Promise<void> {
  const { personId } = requirePerson(context.actor);
  await inOrganization(context, async (db) => {
    const { rowCount } = await db.query(
      "delete from saved_views where id = $1 and person_id = $2",
      [viewId, personId],
    );
    if (rowCount === 0) throw notFound("View");
  });
}
