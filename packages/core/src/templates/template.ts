import type { TemplateDefaults } from "../asking/template-defaults.ts";

export interface Template {
  id: string;
  name: string;
  description: string | null;
  /** The platform that the template is for, in the caller's words: "n8n", "zapier", … null: every platform. */
  targetApp: string | null;
  defaults: TemplateDefaults;
  createdAt: Date;
}
