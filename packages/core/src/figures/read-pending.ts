import type { PoolClient } from "pg";
import { seenBy, type FiguresScope } from "./scope.ts";
import { priorities, type Priority } from "../priority.ts";

/** What waits now, by how long it has waited. */
export interface PendingFigures {
  total: number;
  /** null: nothing waits. */
  oldestAt: Date | null;
  /** From young to old. */
  byAge: AgeFigures[];
}

export interface AgeFigures {
  /** Waits no longer than this, and longer than those before it; null: longer than all those. */
  upToSeconds: number | null;
  byPriority: Record<Priority, number>;
}

const [HOUR, DAY] = [3600, 86_400];
const ages = [HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY];

/** Read from the index alone (requests_status_priority). */
export async function readPending(db: PoolClient, scope: FiguresScope): Promise<PendingFigures> {
  const [isSeen, keys] = seenBy(scope, "requests.id", 3);
  const { rows } = await db.query<{
    age: number;
    priority: Priority;
    count: number;
    oldest: Date;
  }>(
    `select width_bucket(extract(epoch from now() - created_at)::float8, $2::float8[]) as age, priority,
       count(*) as count, min(created_at) as oldest
     from requests where organization_id = $1 and status = 'pending' ${isSeen} group by 1, 2`,
    [scope.organizationId, ages, ...keys],
  );
  const byAge = [...ages, null].map((upToSeconds): AgeFigures => ({
    upToSeconds,
    byPriority: { low: 0, medium: 0, high: 0, critical: 0 },
  }));
  for (const { age, priority, count } of rows) byAge[age]!.byPriority[priority] += count;
  const oldest = rows.map((row) => row.oldest.getTime());
  return {
    total: priorities.reduce(
      (sum, priority) => sum + byAge.reduce((of, age) => of + age.byPriority[priority], 0),
      0,
    ),
    oldestAt: oldest.length === 0 ? null : new Date(Math.min(...oldest)),
    byAge,
  };
}
