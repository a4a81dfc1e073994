import type { Transaction } from "../../transactions/transaction.ts";
import { healthScore } from "../health-score.ts";
import { healthSigns, progressOf, VELOCITY_DAYS, type Period } from "../health-signs.ts";
import { statusOfAll, statusOfScore, worseOf } from "../goal-status.ts";
import type { KeyResult } from "./key-result.ts";
import type { Objective, ObjectiveType } from "./objective.ts";

/** A filter for objectives. An absent field means any. */
export interface ObjectiveFilter {
  id?: string;
  keyResultId?: string;
  cycleId?: string;
  type?: ObjectiveType;
  /** A part of the title. Case doesn't matter. */
  search?: string;
}

/** A key result as the query returns it. Times are in milliseconds since 1970. */
interface KeyResultRow extends Omit<
  KeyResult,
  | "progress"
  | "status"
  | "healthScore"
  | "healthSigns"
  | "lastCheckinAt"
  | "createdAt"
  | "updatedAt"
> {
  reportedStatus: KeyResult["status"] | null;
  valueBefore: number | null;
  lastCheckinAtMs: number | null;
  createdAtMs: number;
  updatedAtMs: number;
}

interface Row extends Omit<Objective, "progress" | "status" | "healthScore" | "keyResults"> {
  startsAtMs: number | null;
  endsAtMs: number | null;
  nowMs: number;
  keyResults: KeyResultRow[] | null;
}

const ms = (sql: string): string => `(extract(epoch from ${sql}) * 1000)::float8`;

const READ_OBJECTIVES = `
  with chosen as (
    select o.* from objectives o
    where o.archived_at is null
      and ($1::uuid is null or o.id = $1)
      and ($2::uuid is null or o.id = (select k.objective_id from key_results k where k.id = $2 and k.archived_at is null))
      and ($3::uuid is null or o.cycle_id = $3)
      and ($4::text is null or o.type = $4)
      and ($5::text is null or position(lower($5) in lower(o.title)) > 0)
    order by o.created_at desc, o.id desc limit $6
  )
  select o.id, o.title, o.description, o.type, o.owner_id as "ownerId", owner.name as "ownerName",
    o.cycle_id as "cycleId", c.name as "cycleName", o.needs_approval as "needsApproval", o.version,
    o.created_at as "createdAt", o.updated_at as "updatedAt",
    ${ms("period.starts_at")} as "startsAtMs", ${ms("period.ends_at")} as "endsAtMs", ${ms("now()")} as "nowMs",
    key_results.list as "keyResults"
  from chosen o
  left join people owner on owner.id = o.owner_id
  left join goal_cycles c on c.id = o.cycle_id
  cross join lateral (
    select c.starts_on::timestamp at time zone 'UTC' as starts_at, (c.ends_on + 1)::timestamp at time zone 'UTC' as ends_at
  ) period
  left join lateral (
    select json_agg(json_build_object(
      'id', k.id, 'objectiveId', k.objective_id, 'title', k.title, 'unit', k.unit, 'start', k.start_value,
      'target', k.target_value, 'current', k.current_value, 'weight', k.weight, 'ownerId', k.owner_id,
      'ownerName', kr_owner.name, 'needsApproval', k.needs_approval, 'version', k.version, 'checkins', k.checkins,
      'reportedStatus', k.reported_status, 'valueBefore', gained.previous_value,
      'lastCheckinAtMs', ${ms("k.last_checkin_at")}, 'createdAtMs', ${ms("k.created_at")},
      'updatedAtMs', ${ms("k.updated_at")}
    ) order by k.id) as list
    from key_results k
    left join people kr_owner on kr_owner.id = k.owner_id
    left join lateral (
      select ci.previous_value from checkins ci
      where ci.key_result_id = k.id and ci.created_at >= greatest(
        k.created_at, period.starts_at, least(now(), period.ends_at) - interval '${VELOCITY_DAYS} days')
      order by ci.created_at, ci.sequence limit 1
    ) gained on true
    where k.objective_id = o.id and k.archived_at is null
  ) key_results on true
  order by o.created_at desc, o.id desc`;

/**
 * Returns at most `limit` of the organization's objectives, newest first, with status and health as of now. It makes
 * one query.
 */
export const readObjectives = async (
  db: Transaction,
  filter: ObjectiveFilter,
  limit: number,
): Promise<Objective[]> => (await readRows(db, filter, limit)).map(judge);

/**
 * Returns the health score of a key result whose value was just set, while its check-in is not stored yet.
 *
 * @param previousValue the value before
 */
export async function scoreByNewValue(
  db: Transaction,
  keyResultId: string,
  previousValue: number,
): Promise<number> {
  const [objective] = await readRows(db, { keyResultId }, 1);
  const row = objective?.keyResults?.find(({ id }) => id === keyResultId);
  if (!objective || !row) throw new Error(`there is no key result ${keyResultId}`);
  const facts = { ...row, valueBefore: row.valueBefore ?? previousValue };
  return judgeKeyResult(facts, periodOf(objective), objective.nowMs).score;
}

async function readRows(db: Transaction, filter: ObjectiveFilter, limit: number): Promise<Row[]> {
  const { id, keyResultId, cycleId, type, search } = filter;
  const values = [id, keyResultId, cycleId, type, search, limit];
  return (await db.query<Row>(READ_OBJECTIVES, values)).rows;
}

const periodOf = ({ startsAtMs, endsAtMs }: Row): Period | null =>
  startsAtMs === null || endsAtMs === null ? null : { startsAtMs, endsAtMs };

function judge(row: Row): Objective {
  const { startsAtMs: _start, endsAtMs: _end, nowMs, keyResults, ...objective } = row;
  const period = periodOf(row);
  const judged = (keyResults ?? []).map((row) => judgeKeyResult(row, period, nowMs));
  const { progress, score } =
    judged.length > 0
      ? weightedMean(judged)
      : { progress: 0, score: scoreWithoutKeyResults(objective.createdAt, period, nowMs) };
  const reported = statusOfAll(judged.map(({ keyResult }) => keyResult.status));
  return {
    ...objective,
    progress: round(progress),
    status: worseOf(statusOfScore(score), reported),
    healthScore: Math.round(score),
    keyResults: judged.map(({ keyResult }) => keyResult),
  };
}

interface Judged {
  keyResult: KeyResult;
  progress: number;
  score: number;
}

function judgeKeyResult(row: KeyResultRow, period: Period | null, nowMs: number): Judged {
  const { reportedStatus, valueBefore, lastCheckinAtMs, createdAtMs, updatedAtMs, ...rest } = row;
  const facts = { ...rest, valueBefore, lastCheckinAtMs, createdAtMs };
  const signs = healthSigns(facts, period, nowMs);
  const score = healthScore(signs);
  const progress = progressOf(rest, rest.current);
  return {
    progress,
    score,
    keyResult: {
      ...rest,
      progress: round(progress),
      status: reportedStatus ?? statusOfScore(score),
      healthScore: Math.round(score),
      healthSigns: signs,
      lastCheckinAt: lastCheckinAtMs === null ? null : new Date(lastCheckinAtMs),
      createdAt: new Date(createdAtMs),
      updatedAt: new Date(updatedAtMs),
    },
  };
}

/** Returns the means of progress and score, weighted by weight / greatest weight, so that no sum overflows. */
function weightedMean(judged: readonly Judged[]): { progress: number; score: number } {
  const most = Math.max(...judged.map(({ keyResult }) => keyResult.weight));
  const weights = judged.map(({ keyResult }) => keyResult.weight / most);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (value: (one: Judged) => number) =>
    judged.reduce((sum, one, i) => sum + value(one) * (weights[i] ?? 0), 0) / all;
  return { progress: mean((one) => one.progress), score: mean((one) => one.score) };
}

/** Returns the score that an objective with a single, untouched key result would have. */
const scoreWithoutKeyResults = (createdAt: Date, period: Period | null, nowMs: number): number =>
  healthScore(
    healthSigns(
      {
        start: 0,
        target: 1,
        current: 0,
        createdAtMs: createdAt.getTime(),
        lastCheckinAtMs: null,
        valueBefore: null,
      },
      period,
      nowMs,
    ),
  );

/** Rounds progress to four places: a hundredth of a per cent. */
const round = (progress: number): number => Math.round(progress * 10_000) / 10_000;
