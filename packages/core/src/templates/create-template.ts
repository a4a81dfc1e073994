import { onlyRow } from "@sayso/database";
import { personBehind } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { requireApprovingTemplate } from "../asking/approving-rule.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { refuseDuplicate } from "../transactions/refuse-duplicate.ts";
import { recordEvent } from "../events/record-event.ts";
import { templateColumns } from "./template-columns.ts";
import { readTemplateInput, type TemplateInput } from "./template-input.ts";
import type { Template } from "./template.ts";

/**
 * Creates a template for requests.
 *
 * @throws DomainError `forbidden`: only an admin may, and a template that approves automatically only the admin in
 *   person; `validation_failed`; `conflict`: the name is taken
 */
export async function createTemplate(
  context: Context<InOrganization & NewIds>,
  input: Pick<TemplateInput, "name"> & Partial<TemplateInput>,
): Promise<Template> {
  requireAdmin(context.actor, "make a template");
  const { name, description = null, targetApp = null, defaults = {} } = readTemplateInput(input);
  requireApprovingTemplate(context.actor, defaults);
  return inOrganization(context, async (db) => {
    const { rows } = await db
      .query<Template>(
        `insert into templates (id, organization_id, name, description, target_app, defaults, defaults_by)
         values ($1, $2, $3, $4, $5, $6, $7) returning ${templateColumns}`,
        [
          context.services.newId(),
          context.organizationId,
          name,
          description,
          targetApp,
          JSON.stringify(defaults),
          personBehind(context.actor),
        ],
      )
      .catch(refuseDuplicate("templates_organization_id_name_key"));
    const template = onlyRow(rows);
    await recordEvent(db, context, "template.created", { template_id: template.id, name });
    return template;
  });
}
