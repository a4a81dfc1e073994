import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import type { DefaultPlan } from "./project-plan.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { FREE_REQUESTS_A_MONTH, type ProjectPlan } from "./project-plan.ts";

/** A project's use of its plan in the current calendar month (UTC). */
export interface ProjectMonth {
  limit: number;
  used: number;
  /** The time at which the next month begins, by the database's clock. */
  resetsAt: Date;
}

/** Returns a project's use in this month. null: its plan is `pro`, or there is no such project. */
export async function readProjectMonth(
  context: Pick<Context<InOrganization & DefaultPlan>, "services" | "organizationId">,
  projectId: string,
): Promise<ProjectMonth | null> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<{ plan: ProjectPlan | null; used: number | null; resetsAt: Date }>({
      name: "read_project_month",
      text: `select c.plan, m.used,
               (date_trunc('month', now() at time zone 'UTC') + interval '1 month') at time zone 'UTC' as "resetsAt"
             from connections c
             left join project_months m
               on m.project_id = c.id and m.month = date_trunc('month', now() at time zone 'UTC')::date
             where c.id = $1`,
      values: [projectId],
    }),
  );
  const [row] = rows;
  if (!row || (row.plan ?? context.services.defaultPlan) === "pro") return null;
  return { limit: FREE_REQUESTS_A_MONTH, used: row.used ?? 0, resetsAt: row.resetsAt };
}
