import { errorCode } from "@sayso/database";
import { priorities, type Priority } from "../priority.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations } from "../capabilities.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { keysOf } from "../keys-of.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { addUp, describeDurations, type DurationFigures } from "./durations.ts";
import { enterAs, viewerOf } from "../actors/viewer.ts";
import { readMostAsked, type AskedFigures } from "./read-asked.ts";
import { noOutcomes, readEnded, type Ended, type Outcomes } from "./read-ended.ts";
import { readPending, type PendingFigures } from "./read-pending.ts";
import type { FiguresScope } from "./scope.ts";
import { readSlowestSteps, type StepFigures } from "./read-steps.ts";

/** The span of time that figures cover. */
export interface FiguresRange {
  /** The beginning, inclusive. */
  from: Date;
  /** The end, exclusive. */
  to: Date;
  /** The time zone in which days begin and end: an IANA name, `Europe/Berlin`. */
  timeZone: string;
}

export interface Figures {
  /** The requests that are pending now, whatever the span. */
  pending: PendingFigures;
  outcomes: Outcomes;
  /** The share of approvals among all decisions, 0 to 1. null: there was no decision. */
  approvalRate: number | null;
  /** The outcomes of every day of the span. A day is `2026-03-25`. */
  days: (Outcomes & { day: string })[];
  /** The time from asking to a person's decision, right to within 1 %. */
  decisionTime: DurationFigures;
  byPriority: (DurationFigures & { priority: Priority })[];
  /** The same for requests that asked a team as a whole: slowest first, at most 20. */
  byTeam: (DurationFigures & { team: Named })[];
  /** The outcomes by connection, most first, at most 20. `connection` null: requests that people made themselves. */
  byConnection: (Outcomes & { connection: Named | null })[];
  steps: (Omit<StepFigures, "teamId"> & { team: Named | null })[];
  /** The number of decided steps, the newest ones, from which `steps` are taken. */
  stepsSampled: number;
  /** The people and teams that are asked most. `decided`: the number of requests that the person's vote ended. */
  asked: {
    person: Named | null;
    team: Named | null;
    requests: number;
    pending: number;
    decided: number | null;
  }[];
  /** The number of requests that ask everybody who may approve. */
  everybodyAsked: number;
  /** The number of requests, the newest ones, from which `asked` and `everybodyAsked` are taken. */
  askedSampled: number;
}

/** A person, team or connection. `name` null: it was deleted since. */
export interface Named {
  id: string;
  name: string | null;
}

const FIGURES_DAYS_MAX = 366;
const DAY_MS = 86_400_000;
const LISTED_MAX = 20;

/**
 * Returns the organization's figures over a span of 366 days at most, from the requests that the actor sees. Log
 * entries, which ask nothing, don't count.
 *
 * It reads as sayso_system, and each query names the organization, because row-level security would look at every one
 * of some million rows.
 *
 * @throws DomainError `validation_failed` (`from`, `to`, `time_zone`), `forbidden` (the caller is a connection),
 *   `unavailable`
 */
export async function getFigures(
  context: Context<AcrossOrganizations>,
  range: FiguresRange,
): Promise<Figures> {
  const { actor } = context;
  if (actor.kind !== "person")
    throw new DomainError(
      "forbidden",
      "Only people see figures: a connection's key can't read them",
    );
  checkRange(range);
  const read = await oneAtATime(() => readFigures(context, range));
  return describe(range, read);
}

const WAITING_MAX = 10;
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/**
 * Runs one read at a time in this process. At a million requests a read can take a second, on a database connection
 * that decisions and sign-ins need as well.
 *
 * @throws DomainError `unavailable`: 10 others wait already
 */
async function oneAtATime<T>(read: () => Promise<T>): Promise<T> {
  if (waiting >= WAITING_MAX)
    throw new DomainError(
      "unavailable",
      "Too many people are reading figures; try again in a moment",
    );
  waiting++;
  const turn = last.then(read, read);
  last = turn.catch(() => undefined);
  try {
    return await turn;
  } finally {
    waiting--;
  }
}

function readFigures(
  { services, organizationId, actor }: Context<AcrossOrganizations>,
  range: FiguresRange,
): Promise<Read> {
  return inSystemTransaction(services, async (db) => {
    await db.query("set transaction isolation level repeatable read read only");
    const keys = await enterAs(db, organizationId, viewerOf(actor));
    const scope: FiguresScope = { organizationId, keys };
    const pending = await readPending(db, scope);
    const ended = await readEnded(db, scope, range);
    const slowest = await readSlowestSteps(db, scope, range);
    const asked = await readMostAsked(db, scope, range);
    const teams = slowestTeams(ended);
    const connections = busiestConnections(ended);
    const ids = [
      ...teams.map(([id]) => id),
      ...connections.map(([id]) => id),
      ...slowest.steps.map(({ teamId }) => teamId),
      ...asked.most.flatMap(({ personId, teamId }) => [personId, teamId]),
    ].filter((id) => id !== null);
    const { rows } = await db.query<{ id: string; name: string }>(
      `select id, name from teams where organization_id = $1 and id = any ($2)
       union all select id, name from connections where organization_id = $1 and id = any ($2)
       union all select p.id, p.name from people p where p.id = any ($2)
         and (exists (select from memberships m where m.person_id = p.id and m.organization_id = $1)
           or exists (select from former_members f where f.person_id = p.id and f.organization_id = $1))`,
      [organizationId, ids],
    );
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    return { pending, ended, slowest, asked, teams, connections, names };
  }).catch((error: unknown) => {
    if (errorCode(error) !== "22023") throw error;
    throw unknownTimeZone();
  });
}

function checkRange({ from, to, timeZone }: FiguresRange): void {
  if (!isTimeZone(timeZone)) throw unknownTimeZone();
  if (from >= to) throw invalidInput({ field: "to", message: "to must be later than from" });
  if (to.getTime() - from.getTime() > FIGURES_DAYS_MAX * DAY_MS)
    throw invalidInput({
      field: "from",
      message: `from and to may lie ${FIGURES_DAYS_MAX} days apart at most`,
    });
}

const unknownTimeZone = (): DomainError =>
  invalidInput({
    field: "time_zone",
    message: "time_zone must be the name of a time zone, such as Europe/Berlin",
  });

/** The accepted names. PostgreSQL and Intl read other names (CET, +05:30) differently. */
const ZONE_NAME = /^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/;

function isTimeZone(name: string): boolean {
  if (!ZONE_NAME.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

type TeamTimes = [id: string, times: DurationFigures][];

const slowestTeams = ({ byTeam }: Ended): TeamTimes =>
  [...byTeam]
    .flatMap(([id, histogram]): TeamTimes =>
      id === null ? [] : [[id, describeDurations(histogram)]],
    )
    .toSorted(([, a], [, b]) => (b.p50Seconds ?? 0) - (a.p50Seconds ?? 0))
    .slice(0, LISTED_MAX);

const busiestConnections = ({ byConnection }: Ended): [string | null, Outcomes][] =>
  [...byConnection].toSorted(([, a], [, b]) => totalOf(b) - totalOf(a)).slice(0, LISTED_MAX);

const totalOf = ({ approved, rejected, cancelled, expired }: Outcomes): number =>
  approved + rejected + cancelled + expired;

interface Read {
  pending: PendingFigures;
  ended: Ended;
  slowest: { steps: StepFigures[]; sampled: number };
  asked: { most: AskedFigures[]; everybody: number; sampled: number };
  teams: TeamTimes;
  connections: [string | null, Outcomes][];
  names: Map<string, string>;
}

function describe(range: FiguresRange, read: Read): Figures {
  const { ended, slowest, asked } = read;
  const named = (id: string | null): Named | null =>
    id === null ? null : { id, name: read.names.get(id) ?? null };
  const outcomes = [...ended.byDay.values()].reduce((sum, day) => {
    for (const outcome of keysOf(sum)) sum[outcome] += day[outcome];
    return sum;
  }, noOutcomes());
  const judged = outcomes.approved + outcomes.rejected;
  return {
    pending: read.pending,
    outcomes,
    approvalRate: judged === 0 ? null : outcomes.approved / judged,
    days: daysOf(range).map((day) => ({ day, ...(ended.byDay.get(day) ?? noOutcomes()) })),
    decisionTime: describeDurations(addUp(ended.byPriority.values())),
    byPriority: priorities.map((priority) => ({
      priority,
      ...describeDurations(ended.byPriority.get(priority) ?? new Map<number, number>()),
    })),
    byTeam: read.teams.map(([id, times]) => ({
      team: { id, name: read.names.get(id) ?? null },
      ...times,
    })),
    byConnection: read.connections.map(([id, counts]) => ({ connection: named(id), ...counts })),
    steps: slowest.steps.map(({ teamId, ...step }) => ({ ...step, team: named(teamId) })),
    stepsSampled: slowest.sampled,
    asked: asked.most.map(({ personId, teamId, requests, pending }) => ({
      person: named(personId),
      team: named(teamId),
      requests,
      pending,
      decided: personId === null ? null : (ended.byDecider.get(personId) ?? 0),
    })),
    everybodyAsked: asked.everybody,
    askedSampled: asked.sampled,
  };
}

/** Returns every day that the span touches, in its time zone. */
function daysOf({ from, to, timeZone }: FiguresRange): string[] {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const last = format.format(to.getTime() - 1);
  const days: string[] = [];
  // Counts calendar days in UTC, where each has 24 hours; in the time zone a day can be longer or shorter.
  for (
    let day = new Date(`${format.format(from)}T00:00:00Z`);
    ;
    day = new Date(day.getTime() + DAY_MS)
  ) {
    const text = day.toISOString().slice(0, 10);
    days.push(text);
    if (text >= last) return days;
  }
}
