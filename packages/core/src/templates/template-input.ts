import { asLine, templateValues } from "@sayso/fields";
import type { TemplateDefaults } from "../asking/template-defaults.ts";
import { checkFields } from "../read-field.ts";

/** The fields of a template that an admin sets. */
export interface TemplateInput {
  /** The name: unique in the organization. */
  name: string;
  /** The description. */
  description: string | null;
  /** The platform. null: the template is for every platform. */
  targetApp: string | null;
  defaults: TemplateDefaults;
}

/**
 * Returns the fields that are given, as they are stored: the name on one line. Doesn't check the defaults (decision 39).
 *
 * @throws DomainError `validation_failed`
 */
export function readTemplateInput<Of extends Partial<TemplateInput>>(input: Of): Of {
  const { name, description, targetApp } = input;
  checkFields(templateValues, { name, description, target_app: targetApp });
  return { ...input, ...(name !== undefined && { name: asLine(name) }) };
}
