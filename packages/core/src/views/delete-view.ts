import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requirePerson } from "./require-person.ts";

/**
 * Deletes one of the calling person's views.
 *
 * @throws DomainError `forbidden` (the caller is a connection), `not_found` (also for another person's view)
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
