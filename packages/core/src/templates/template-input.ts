import { DomainError, invalidInput } from "../errors.ts";
import type { TemplateDefaults } from "../asking/template-defaults.ts";

/** The fields of a template that an admin sets. */
export interface TemplateInput {
  /** The name: 1 to 200 characters, unique in the organization. */
  name: string;
  /** The description: at most 1,000 characters. */
  description: string | null;
  /** The platform: at most 100 characters. null: the template is for every platform. */
  targetApp: string | null;
  defaults: TemplateDefaults;
}

/**
 * Checks the lengths of the fields that are given.
 *
 * @throws DomainError `validation_failed`
 */
export function checkTemplateInput({ name, description, targetApp }: Partial<TemplateInput>): void {
  if (name !== undefined && (name.trim() === "" || name.length > 200)) {
    throw invalidInput({ field: "name", message: "name must have 1 to 200 characters" });
  }
  if ((description?.length ?? 0) > 1000) {
    throw invalidInput({
      field: "description",
      message: "description must have at most 1000 characters",
    });
  }
  if ((targetApp?.length ?? 0) > 100) {
    throw invalidInput({
      field: "target_app",
      message: "target_app must have at most 100 characters",
    });
  }
}

/** Turns PostgreSQL's refusal of a second template with the same name into a `conflict`. */
export function refuseSameName(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== "23505" || !constraint?.includes("name")) throw error;
  throw new DomainError("conflict", "There already is a template of this name", {
    details: { field: "name" },
    cause: error,
  });
}
