import type { CreateApprovalInput } from "../approvals/create.ts";
import type { Context } from "../context.ts";
import { invalidInput } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";
import type { TemplateDefaults } from "./template.ts";

/** What is asked, with what the template fills in. */
interface Applied {
  input: CreateApprovalInput;
  /** What the template itself says; null: none was named. */
  template: TemplateDefaults | null;
}

/**
 * The input with what its template fills in. What the caller gave stays.
 *
 * @throws DomainError `validation_failed` for an unknown template
 */
export async function applyTemplate(
  context: Context,
  input: CreateApprovalInput,
): Promise<Applied> {
  const { templateId } = input;
  if (templateId === undefined) return { input, template: null };
  const defaults = await inOrganization(context, async (db) => {
    const { rows } = await db.query<{ defaults: TemplateDefaults; now: Date }>(
      "select defaults, now() as now from templates where id = $1",
      [templateId],
    );
    return rows[0];
  });
  if (!defaults)
    throw invalidInput({
      field: "template_id",
      message: `${templateId} is not a template of this organization`,
    });
  const { expiresAfterMinutes, ...fields } = defaults.defaults;
  const expiresAt =
    expiresAfterMinutes === undefined
      ? undefined
      : new Date(defaults.now.getTime() + expiresAfterMinutes * 60_000);
  const given = Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined),
  );
  return {
    input: { ...fields, ...(expiresAt && { expiresAt }), ...given },
    template: defaults.defaults,
  };
}
