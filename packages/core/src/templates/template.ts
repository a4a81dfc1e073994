import type { TemplateDefaults } from "../asking/template-defaults.ts";

export interface Template {
  id: string;
  name: string;
  description: string | null;
  /** The platform it is meant for, as the caller names it: "n8n", "zapier", … */
  targetApp: string | null;
  defaults: TemplateDefaults;
  createdAt: Date;
}
