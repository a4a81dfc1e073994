import { personBehind } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { requireApprovingTemplate } from "../asking/approving-rule.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { refuseDuplicate } from "../transactions/refuse-duplicate.ts";
import { recordEvent } from "../events/record-event.ts";
import { templateColumns } from "./template-columns.ts";
import { readTemplateInput, type TemplateInput } from "./template-input.ts";
import type { Template } from "./template.ts";

/**
 * Changes the given fields of a template. Absent fields stay as they are; `defaults` are replaced as a whole. Requests
 * that were made from the template keep the values that they got.
 *
 * @throws DomainError `forbidden`: only an admin may, and a template that approves automatically only the admin in
 *   person; `not_found`; `validation_failed`; `conflict`: the name is taken
 */
export async function updateTemplate(
  context: Context<InOrganization & NewIds>,
  templateId: string,
  changes: Partial<TemplateInput>,
): Promise<Template> {
  requireAdmin(context.actor, "change a template");
  const { name, description, targetApp, defaults } = readTemplateInput(changes);
  requireApprovingTemplate(context.actor, defaults ?? {});
  return inOrganization(context, async (db) => {
    const { rows } = await db
      .query<Template>(
        `update templates set
           name = coalesce($2, name),
           description = case when $3 then $4 else description end,
           target_app = case when $5 then $6 else target_app end,
           defaults = coalesce($7, defaults),
           defaults_by = case when $7::json is null then defaults_by else $8 end,
           defaults_at = case when $7::json is null then defaults_at else now() end
         where id = $1 returning ${templateColumns}`,
        [
          templateId,
          name,
          description !== undefined,
          description,
          targetApp !== undefined,
          targetApp,
          defaults && JSON.stringify(defaults),
          personBehind(context.actor),
        ],
      )
      .catch(refuseDuplicate("templates_organization_id_name_key"));
    if (!rows[0]) throw notFound("Template");
    await recordEvent(db, context, "template.updated", {
      template_id: templateId,
      name: rows[0].name,
    });
    return rows[0];
  });
}
