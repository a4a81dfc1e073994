import { requireAdmin } from "../people/require-admin.ts";
import type { Context } from "../context.ts";
import { invalidInput } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";
import { readOrganization, type Organization } from "./get-organization.ts";
import { recordEvent } from "../events/record-event.ts";

/**
 * Changes what is given, leaves what is absent. Four eyes hold for every vote that comes after.
 *
 * @throws DomainError `forbidden`: only an admin may; `validation_failed`
 */
export async function updateOrganization(
  context: Context,
  changes: { name?: string; fourEyes?: boolean },
): Promise<Organization> {
  const { actor, organizationId } = context;
  const { name, fourEyes } = changes;
  requireAdmin(actor, "change the organization");
  if (name !== undefined && (name.trim() === "" || name.length > 200)) {
    throw invalidInput({ field: "name", message: "name must have 1 to 200 characters" });
  }
  return inOrganization(context, async (db) => {
    const { rowCount } = await db.query(
      `update organizations set name = coalesce($2, name), four_eyes = coalesce($3, four_eyes)
       where id = $1 and (name, four_eyes) is distinct from (coalesce($2, name), coalesce($3, four_eyes))`,
      [organizationId, name, fourEyes],
    );
    const organization = await readOrganization(db, organizationId);
    if (rowCount !== 0) {
      await recordEvent(db, context, "organization.updated", {
        name: organization.name,
        four_eyes: organization.fourEyes,
      });
    }
    return organization;
  });
}
