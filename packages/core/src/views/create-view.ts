import { viewName } from "@sayso/fields";
import { onlyRow } from "@sayso/database";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { refuseDuplicate } from "../transactions/refuse-duplicate.ts";
import { viewColumns, type View, type ViewQuery } from "./view.ts";
import { requirePerson } from "./require-person.ts";
import { readField } from "../read-field.ts";

/** The number of views that a person can keep in an organization. */
const VIEWS_MAX = 50;

/**
 * Stores a list and its filters under a name, for the calling person alone. A view changes nothing for anybody else, so
 * the audit trail has no event for it.
 *
 * @throws DomainError `forbidden` (the caller is a connection), `validation_failed`, `conflict` (the name is taken, or
 *   the person keeps `VIEWS_MAX` already), `not_found` (the person is no longer a member)
 */
export async function createView(
  context: Context<InOrganization & NewIds>,
  input: { name: string; query: ViewQuery },
): Promise<View> {
  const { personId } = requirePerson(context.actor);
  const name = readField("name", viewName, input.name);
  const { organizationId, services } = context;
  return inOrganization(context, async (db) => {
    // The lock lets a person create one view at a time, so that two calls at once can't exceed the limit together.
    const { rowCount } = await db.query(
      "select from memberships where organization_id = $1 and person_id = $2 for no key update",
      [organizationId, personId],
    );
    if (rowCount === 0) throw notFound("Person");
    const { rows: kept } = await db.query<{ count: number }>(
      "select count(*)::int as count from saved_views where organization_id = $1 and person_id = $2",
      [organizationId, personId],
    );
    if ((kept[0]?.count ?? 0) >= VIEWS_MAX)
      throw new DomainError("conflict", `You already have ${VIEWS_MAX} views: delete one first`);
    const { rows } = await db
      .query<View>(
        `insert into saved_views (id, organization_id, person_id, name, query)
         values ($1, $2, $3, $4, $5) returning ${viewColumns}`,
        [services.newId(), organizationId, personId, name, JSON.stringify(input.query)],
      )
      .catch(refuseDuplicate("saved_views_name"));
    return onlyRow(rows);
  });
}
