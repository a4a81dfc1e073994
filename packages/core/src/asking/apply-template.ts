import type { CreateApprovalInput } from "./new-approval.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { invalidInput } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import type { WrittenDefaults } from "./template-defaults.ts";

/** A new request with the values that its template fills in. */
interface Applied {
  input: CreateApprovalInput;
  /** The template's own values, and their author. Null: no template was named. */
  template: WrittenDefaults | null;
}

/**
 * Fills in the template's values. Values that the caller gave stay.
 *
 * @throws DomainError `validation_failed` for an unknown template
 */
export async function applyTemplate(
  context: Context<InOrganization>,
  input: CreateApprovalInput,
): Promise<Applied> {
  const { templateId } = input;
  if (templateId === undefined) return { input, template: null };
  const template = await inOrganization(context, async (db) => {
    const { rows } = await db.query<WrittenDefaults & { now: Date }>(
      `select defaults, defaults_by as "defaultsBy", defaults_at as "defaultsAt", now() as now
       from templates where id = $1`,
      [templateId],
    );
    return rows[0];
  });
  if (!template)
    throw invalidInput({
      field: "template_id",
      message: `${templateId} is not a template of this organization`,
    });
  const { expiresAfterMinutes, ...fields } = template.defaults;
  const expiresAt =
    expiresAfterMinutes === undefined
      ? undefined
      : new Date(template.now.getTime() + expiresAfterMinutes * 60_000);
  const given = Object.fromEntries(
    Object.entries(input).filter(
      ([name, value]) => value !== undefined && !isLeftBlank(name, value),
    ),
  );
  return {
    input: { ...input, ...fields, ...(expiresAt && { expiresAt }), ...given },
    template,
  };
}

/** Whether clients send this value for a field that nobody filled in. */
const isLeftBlank = (name: string, value: unknown): boolean =>
  name === "description" && value === "";
