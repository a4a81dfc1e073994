import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { templateColumns } from "./template-columns.ts";
import type { Template } from "./template.ts";

const TEMPLATES_MAX = 1000;

/**
 * Lists the organization's templates by name, at most 1,000.
 *
 * @param targetApp lists only templates for this platform, and those for every platform; null: all
 */
export async function listTemplates(
  context: Context<InOrganization>,
  targetApp: string | null = null,
): Promise<Template[]> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<Template>(
      `select ${templateColumns} from templates
       where $1::text is null or target_app is null or lower(target_app) = lower($1)
       order by lower(name), id limit ${TEMPLATES_MAX}`,
      [targetApp],
    ),
  );
  return rows;
}
