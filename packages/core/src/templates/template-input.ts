import { DomainError, invalidInput } from "../errors.ts";
import type { TemplateDefaults } from "../asking/template-defaults.ts";

/** What an admin sets on a template. */
export interface TemplateInput {
  /** 1–200 characters, unique in the organization */
  name: string;
  /** At most 1,000 characters */
  description: string | null;
  /** At most 100 characters; null: for every platform */
  targetApp: string | null;
  defaults: TemplateDefaults;
}

/** @throws DomainError `validation_failed`; absent fields are not looked at */
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

/** Turns PostgreSQL's refusal of a second template of one name into a `conflict`. */
export function refuseSameName(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== "23505" || !constraint?.includes("name")) throw error;
  throw new DomainError("conflict", "There already is a template of this name", {
    details: { field: "name" },
    cause: error,
  });
}
