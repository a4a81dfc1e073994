import * as z from "zod";
import { filledLine, filledText, text, wholeNumber } from "./values.ts";

/** The values that a request, a template and a connection name one of. */
export const priorities = ["low", "medium", "high", "critical"] as const;

export const teamName = filledLine(100);
export const viewName = filledLine(60);
export const tokenName = filledLine(100);
export const clientName = filledLine(200);
export const organizationName = filledLine(200);

/** The lengths of a person's name and e-mail address. Forms for people describe their faults (`person-input.ts`). */
export const PERSON_NAME_MAX = 100;
export const EMAIL_MAX = 254;

/** The minutes for which a connection's earlier keys still work, up to 7 days. */
export const minutesOfGrace = wholeNumber(0, 10_080);

/** The settings of a connection. */
export const connectionSettings = {
  name: filledLine(200),
  is_active: z.boolean(),
  can_read_all: z.boolean(),
  rate_limit_per_hour: wholeNumber(1, 10_000),
  allowed_action_types: z.array(filledText(200)).min(1).max(100).nullable(),
  max_priority: z.enum(priorities).nullable(),
  default_title: filledLine(500).nullable(),
  default_priority: z.enum(priorities).nullable(),
  default_description: text(5000).nullable(),
  approvers_needed: z.enum(["one", "all"]),
};

/** The values of a template beside its defaults. */
export const templateValues = {
  name: filledLine(200),
  description: text(1000).nullable(),
  target_app: text(100).nullable(),
};
