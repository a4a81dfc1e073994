import { organizationName } from "@sayso/fields";
import { requireRecentProof } from "../actors/recent-proof.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, PublicAddress } from "../capabilities.ts";
import { readField } from "../read-field.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { readOrganization, type Organization, type RequestVisibility } from "./get-organization.ts";
import { recordEvent } from "../events/record-event.ts";

/**
 * Changes the given settings and leaves the absent ones. Four eyes hold for every later vote. The visibility of
 * requests holds for every later reading, also by pages and streams that are open. Only an admin in person switches
 * four eyes off, because a token that somebody left in a script could otherwise approve its own requests.
 *
 * @throws DomainError `forbidden`: only an admin may, and to switch four eyes off, see `requireRecentProof`;
 *   `validation_failed`
 */
export async function updateOrganization(
  context: Context<InOrganization & PublicAddress & NewIds>,
  changes: { name?: string; fourEyes?: boolean; requestVisibility?: RequestVisibility },
): Promise<Organization> {
  const { actor, organizationId } = context;
  const { fourEyes, requestVisibility } = changes;
  requireAdmin(actor, "change the organization");
  const name =
    changes.name === undefined ? undefined : readField("name", organizationName, changes.name);
  return inOrganization(context, async (db) => {
    if (fourEyes === false && (await readOrganization(db, organizationId)).fourEyes)
      await requireRecentProof(db, context, "switch four eyes off");
    const { rowCount } = await db.query(
      `update organizations set name = coalesce($2, name), four_eyes = coalesce($3, four_eyes),
         request_visibility = coalesce($4, request_visibility)
       where id = $1 and (name, four_eyes, request_visibility)
         is distinct from (coalesce($2, name), coalesce($3, four_eyes), coalesce($4, request_visibility))`,
      [organizationId, name, fourEyes, requestVisibility],
    );
    const organization = await readOrganization(db, organizationId);
    if (rowCount !== 0) {
      await recordEvent(db, context, "organization.updated", {
        name: organization.name,
        four_eyes: organization.fourEyes,
        request_visibility: organization.requestVisibility,
      });
    }
    return organization;
  });
}
