import type { NewStep } from "../assignments/new-step.ts";
import type { AskedRow } from "../requests/columns.ts";

type AskedFields = { [Name in keyof AskedRow]?: NonNullable<AskedRow[Name]> };

/**
 * The input for a new request. An absent field takes the template's value, then the connection's default, then Sayso's.
 */
export interface CreateApprovalInput extends AskedFields {
  callbackHeaders?: Record<string, string>;
  /** The steps. They replace `assignedApprovers`, `assignedTeamId` and `requiredApprovals`. */
  steps?: NewStep[];
  autoActionAfterMinutes?: number;
}
