import { onlyRow } from "@sayso/database";
import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import type { DefaultPlan } from "../projects/project-plan.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DomainError } from "../errors.ts";
import { FREE_REQUESTS_A_MONTH } from "../projects/project-plan.ts";
import { writeRequest, type NewRequest, type StoreOutcome } from "./store-request.ts";

/**
 * Stores a request of an active flow, or of a project whose month has room, all or nothing. A project's month never
 * counts more requests than its plan allows, and counts no request that was not made.
 *
 * @param projectId the connection in whose month the request counts, if its plan is `free`
 * @throws DomainError `rate_limited` with `details.limit`, `.used`, `.resets_at` (seconds since 1970) and
 *   `.retry_after_seconds`; `invalid_state`: the flow is deleted; `unavailable`
 */
export async function storeChecked(
  { services, organizationId }: Context<OrganizationPool & DefaultPlan>,
  request: NewRequest,
  projectId: string | undefined,
): Promise<StoreOutcome> {
  const item = {
    ...writeRequest(request),
    project_id: projectId,
    default_plan: services.defaultPlan,
    free_limit: FREE_REQUESTS_A_MONTH,
  };
  const { rows } = await withRetries(() =>
    services.app.query<Row>({
      name: "create_checked_request",
      text: `select outcome, created_at as "createdAt", auto_action_at as "autoActionAt",
               monthly_limit as "limit", used, resets_at as "resetsAt", now() as now
             from create_checked_request($1, $2, $3)`,
      values: [organizationId, JSON.stringify(item), request.steps.length > 0],
    }),
  );
  const row = onlyRow(rows);
  if (row.outcome === "quota_used_up") throw monthUsedUp(row);
  if (row.outcome === "flow_gone")
    throw new DomainError("invalid_state", "This flow was deleted: it can't start runs");
  if (row.outcome !== "created") return { outcome: row.outcome };
  return { outcome: "created", createdAt: row.createdAt, autoActionAt: row.autoActionAt };
}

interface Row {
  outcome: StoreOutcome["outcome"] | "quota_used_up" | "flow_gone";
  createdAt: Date;
  autoActionAt: Date | null;
  limit: number | null;
  used: number | null;
  resetsAt: Date | null;
  now: Date;
}

function monthUsedUp({ limit, used, resetsAt, now }: Row): DomainError {
  const leftMs = (resetsAt?.getTime() ?? now.getTime()) - now.getTime();
  return new DomainError(
    "rate_limited",
    `This project's plan allows ${limit} requests a month, and all of them are used; the next month begins on ${resetsAt?.toISOString().slice(0, 10)}`,
    {
      details: {
        limit,
        used,
        resets_at: Math.floor((resetsAt?.getTime() ?? 0) / 1000),
        retry_after_seconds: Math.max(1, Math.ceil(leftMs / 1000)),
      },
    },
  );
}
