import type { Transaction } from "../transactions/transaction.ts";
import { seenBy, type FiguresScope } from "./scope.ts";
import { priorities, type Priority } from "../priority.ts";

/** The requests that are pending now, counted by age. */
export interface PendingFigures {
  total: number;
  /** The time at which the oldest was made. null: nothing is pending. */
  oldestAt: Date | null;
  /** The counts from young to old. */
  byAge: AgeFigures[];
}

export interface AgeFigures {
  /** The age below which a request counts here, unless it counts in an entry before. null: all older ones. */
  upToSeconds: number | null;
  byPriority: Record<Priority, number>;
}

const [HOUR, DAY] = [3600, 86_400];
const ages = [HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY];

/** Counts the pending requests. It reads the index requests_status_priority alone. */
export async function readPending(db: Transaction, scope: FiguresScope): Promise<PendingFigures> {
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
  for (const { age, priority, count } of rows) {
    const figures = byAge[age];
    if (figures) figures.byPriority[priority] += count;
  }
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
