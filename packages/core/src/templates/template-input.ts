import { templateValues } from "@sayso/fields";
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
 * Checks the fields that are given, without the defaults (decision 39).
 *
 * @throws DomainError `validation_failed`
 */
export const checkTemplateInput = ({ name, description, targetApp }: Partial<TemplateInput>) =>
  checkFields(templateValues, { name, description, target_app: targetApp });
