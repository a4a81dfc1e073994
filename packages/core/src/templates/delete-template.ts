import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";

/**
 * Deletes a template. Requests made from it stay.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`
 */
export async function deleteTemplate(
  context: Context<InOrganization & NewIds>,
  templateId: string,
): Promise<void> {
  requireAdmin(context.actor, "delete a template");
  await inOrganization(context, async (db) => {
    const { rows } = await db.query<{ name: string }>(
      "delete from templates where id = $1 returning name",
      [templateId],
    );
    if (!rows[0]) throw notFound("Template");
    await recordEvent(db, context, "template.deleted", {
      template_id: templateId,
      name: rows[0].name,
    });
  });
}
