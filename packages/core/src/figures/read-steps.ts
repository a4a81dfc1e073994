import type { Transaction } from "../transactions/transaction.ts";
import { seenBy, type FiguresScope } from "./scope.ts";
import type { FiguresRange } from "./get-figures.ts";

/** The times that people took for a kind of step, from the moment when it could be voted on. */
export interface StepFigures {
  name: string | null;
  teamId: string | null;
  /** The step's order. null: the step has a name or a team, which identifies it. */
  order: number | null;
  count: number;
  p50Seconds: number;
  p90Seconds: number;
}

/** The number of the newest decided steps, or requests, from which figures about single people and steps are taken. */
export const SAMPLE_MAX = 20_000;

const SLOWEST_MAX = 10;

/** Returns the slowest kinds of steps among the newest 20,000 decided ones: slowest first, at most 10. */
export async function readSlowestSteps(
  db: Transaction,
  scope: FiguresScope,
  { from, to }: FiguresRange,
): Promise<{ steps: StepFigures[]; sampled: number }> {
  const [isSeen, keys] = seenBy(scope, "steps.request_id", 4);
  const { rows } = await db.query<StepFigures & { sampled: number }>(
    `with newest as materialized (
       select request_id, step_order, name, assigned_team_id, status, decided_at from steps
       where organization_id = $1 and decided_at >= $2 and decided_at < $3 ${isSeen}
       order by decided_at desc limit ${SAMPLE_MAX}
     ), timed as materialized (
       select n.name, n.assigned_team_id, case when n.name is null and n.assigned_team_id is null then n.step_order end as step_order,
         extract(epoch from n.decided_at - coalesce(before.decided_at, r.created_at))::float8 as seconds
       from newest n
       cross join lateral (select created_at, is_sequential from requests where id = n.request_id limit 1) r
       left join lateral (
         select max(decided_at) as decided_at from steps
         where request_id = n.request_id and step_order < n.step_order and r.is_sequential
       ) before on true
       where n.status in ('approved', 'rejected')
     )
     select name, assigned_team_id as "teamId", step_order as order, count(*) as count,
       percentile_disc(0.5) within group (order by seconds) as "p50Seconds",
       percentile_disc(0.9) within group (order by seconds) as "p90Seconds",
       (select count(*) from timed) as sampled
     from timed group by name, assigned_team_id, step_order
     order by "p50Seconds" desc, count desc limit ${SLOWEST_MAX}`,
    [scope.organizationId, from, to, ...keys],
  );
  return {
    steps: rows.map(({ sampled: _, p50Seconds, p90Seconds, ...step }) => ({
      ...step,
      p50Seconds: Math.round(p50Seconds),
      p90Seconds: Math.round(p90Seconds),
    })),
    sampled: rows[0]?.sampled ?? 0,
  };
}
