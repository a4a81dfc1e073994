import type { NewStep } from "../assignments/new-step.ts";
import type { Priority } from "../priority.ts";
import type { Decision } from "../state-machine/state.ts";

/**
 * The input for a new request. An absent field takes the template's value, then the connection's default, then Sayso's.
 */
export interface CreateApprovalInput {
  title?: string;
  description?: string;
  priority?: Priority;
  callbackUrl?: string;
  callbackHeaders?: Record<string, string>;
  actionType?: string;
  metadata?: Record<string, unknown>;
  expiresAt?: Date;
  requiredApprovals?: number;
  isSequential?: boolean;
  /** The steps. They replace `assignedApprovers`, `assignedTeamId` and `requiredApprovals`. */
  steps?: NewStep[];
  source?: string;
  sourceId?: string;
  sourceName?: string;
  sourceUrl?: string;
  contextHtml?: string;
  assignedApprovers?: string[];
  assignedTeamId?: string;
  autoAction?: Decision;
  autoActionAfterMinutes?: number;
  requireRejectionReason?: boolean;
  isLog?: boolean;
  templateId?: string;
  idempotencyKey?: string;
}
