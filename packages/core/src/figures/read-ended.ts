import type { Transaction } from "../transactions/transaction.ts";
import { seenBy, type FiguresScope } from "./scope.ts";
import type { Priority } from "../priority.ts";
import type { FiguresRange } from "./get-figures.ts";
import { bucketOf, type Histogram } from "./durations.ts";

/** The number of requests that ended in each way. */
export interface Outcomes {
  approved: number;
  rejected: number;
  cancelled: number;
  expired: number;
}

export const noOutcomes = (): Outcomes => ({ approved: 0, rejected: 0, cancelled: 0, expired: 0 });

/** The requests that ended in a span of time, counted in several ways. */
export interface Ended {
  /** The outcomes by the day on which requests ended, `2026-03-25`. Days without any are absent. */
  byDay: Map<string, Outcomes>;
  /** The outcomes by the connection that asked. null: people asked. */
  byConnection: Map<string | null, Outcomes>;
  /** The times that people's decisions took, by priority. */
  byPriority: Map<Priority, Histogram>;
  /** The same times, by the team that was asked as a whole. null: no team. */
  byTeam: Map<string | null, Histogram>;
  /** The number of decisions by person. */
  byDecider: Map<string, number>;
}

type CountRow = {
  /** The grouping, one of `by` below: a bit for each of the three columns that it leaves out. */
  grouping: number;
  day: string | null;
  status: keyof Outcomes | null;
  connection_id: string | null;
  decided_by: string | null;
  count: number;
};

type TimeRow = {
  priority: Priority;
  assigned_team_id: string | null;
  bucket: number;
  count: number;
};

const of = `from requests
  where organization_id = $1 and decided_at >= $2 and decided_at < $3 and not is_log`;

const by = { day: 0b011, connection: 0b101, decider: 0b110 };

/**
 * Counts the requests that ended in a span of time. It reads the index requests_ended alone, twice. A year of a million
 * requests takes twice half a second, which PostgreSQL can spread over its workers.
 *
 * @param db a transaction; this call changes its planner settings
 */
export async function readEnded(
  db: Transaction,
  scope: FiguresScope,
  { from, to, timeZone }: FiguresRange,
): Promise<Ended> {
  const { organizationId } = scope;
  const [isSeen, keys] = seenBy(scope, "requests.id", 5);
  // The requests that a viewer with keys sees are found by a bitmap scan, so that one isn't switched off.
  await db.query(
    scope.keys
      ? "set local work_mem = '32MB'"
      : `set local work_mem = '32MB'; set local enable_sort = off; set local enable_seqscan = off;
         set local enable_bitmapscan = off; set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0`,
  );
  const counts = await db.query<CountRow>(
    `with counted as materialized (
       select (decided_at at time zone $4)::date as day, status, connection_id, decided_by, count(*) as count
       ${of} ${isSeen} group by 1, 2, 3, 4
     )
     select grouping(day, connection_id, decided_by) as grouping, day::text, status, connection_id, decided_by,
       sum(count)::int8 as count
     from counted group by grouping sets ((day, status), (connection_id, status), (decided_by, status))`,
    [organizationId, from, to, timeZone, ...keys],
  );
  const [isSeenInTimes] = seenBy(scope, "requests.id", 4);
  const times = await db.query<TimeRow>(
    `select priority, assigned_team_id, ${bucketOf("date_part('epoch', decided_at - created_at)")} as bucket,
       count(*) as count
     ${of} ${isSeenInTimes} and status in ('approved', 'rejected') and decided_by is not null group by 1, 2, 3`,
    [organizationId, from, to, ...keys],
  );
  return { ...sortCounts(counts.rows), ...sortTimes(times.rows) };
}

function sortCounts(
  rows: readonly CountRow[],
): Pick<Ended, "byDay" | "byConnection" | "byDecider"> {
  const [byDay, byConnection] = [new Map<string, Outcomes>(), new Map<string | null, Outcomes>()];
  const byDecider = new Map<string, number>();
  for (const {
    grouping,
    day,
    status,
    connection_id: connectionId,
    decided_by: id,
    count,
  } of rows) {
    if (status === null) continue;
    if (grouping === by.day && day !== null) at(byDay, day)[status] += count;
    if (grouping === by.connection) at(byConnection, connectionId)[status] += count;
    // A person who withdraws a request decides nothing.
    if (grouping === by.decider && id !== null && (status === "approved" || status === "rejected"))
      byDecider.set(id, (byDecider.get(id) ?? 0) + count);
  }
  return { byDay, byConnection, byDecider };
}

function sortTimes(rows: readonly TimeRow[]): Pick<Ended, "byPriority" | "byTeam"> {
  const [byPriority, byTeam] = [
    new Map<Priority, Histogram>(),
    new Map<string | null, Histogram>(),
  ];
  for (const { priority, assigned_team_id: teamId, bucket, count } of rows) {
    addTo(byPriority, priority, bucket, count);
    addTo(byTeam, teamId, bucket, count);
  }
  return { byPriority, byTeam };
}

function addTo<Key>(
  histograms: Map<Key, Histogram>,
  key: Key,
  bucket: number,
  count: number,
): void {
  const histogram: Histogram = histograms.get(key) ?? new Map<number, number>();
  histograms.set(key, histogram.set(bucket, (histogram.get(bucket) ?? 0) + count));
}

function at<Key>(outcomes: Map<Key, Outcomes>, key: Key): Outcomes {
  const known = outcomes.get(key) ?? noOutcomes();
  outcomes.set(key, known);
  return known;
}
