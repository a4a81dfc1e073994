import { must } from "@sayso/must";
import { communicate, outputOf, type Communication, type Item } from "./communicate.ts";
import type { TriggerDirectives } from "./directives.ts";
import { fillIn } from "./evaluate.ts";
import { toDate, toText } from "./values.ts";

/**
 * The state of a polling trigger that Make stores between two runs and passes to its code as `data`
 * (developers.make.com/custom-apps-documentation/app-components/modules/trigger, "Available IML variables"). JSON.
 */
export interface TriggerState {
  /** The id of the last item handed out. Absent: none yet. */
  lastId?: string | number;
  /** ISO 8601. Only for triggers of the type `date`. */
  lastDate?: string;
  /** The ids of the items of that date that were handed out. */
  idsOfLastDate?: (string | number)[];
  /** The user starts with the oldest item that the epoch panel showed, so that item is handed out itself. */
  matchEqual?: true;
}

/**
 * The largest number of records that Make reads in a run (…/best-practices/trigger-modules, the hint on the pagination
 * limit).
 */
const RECORDS_MAX = 3200;
/** The limit of a trigger that names none (…/handling-responses/limit). */
const DEFAULT_LIMIT = 1;

interface Candidate {
  id: string | number;
  /** Milliseconds; 0 where the type is `id`. */
  date: number;
  item: Item;
  output: () => unknown;
}

/**
 * Runs a polling trigger once. Returns the oldest items that were not handed out yet, oldest first, at most `limit`,
 * and the state to store. It reads until `order` says that the rest is older than the state (`desc`), until it has
 * enough items (`asc`), or to the end (`unordered`).
 *
 * @throws MakeError; the state then stays as it was
 */
export async function poll(
  communication: Communication,
  state: TriggerState,
): Promise<{ bundles: unknown[]; state: TriggerState }> {
  const scope = {
    ...communication.scope,
    data: toData(state),
    trigger: { matchEqual: state.matchEqual ?? false },
  };
  const fresh: Candidate[] = [];
  let limit = DEFAULT_LIMIT;
  let records = 0;
  for await (const page of communicate({ ...communication, scope })) {
    const { trigger, limit: wanted } = page.response;
    if (!trigger) throw new TypeError("A trigger's communication has no response.trigger");
    if (wanted !== undefined) limit = Number(fillIn(wanted, page.scope));
    const found = page.items.map((item) =>
      toCandidate(trigger, item, () => outputOf(page.response, item)),
    );
    records += found.length;
    const news = found.filter((candidate) => isNew(candidate, trigger, state));
    fresh.push(...news);
    if (found.length === 0 || records >= RECORDS_MAX) break;
    if (trigger.order === "desc" && news.length < found.length) break;
    if (trigger.order === "asc" && fresh.length >= limit) break;
  }
  const chosen = fresh.sort(byAge).slice(0, limit);
  return { bundles: chosen.map(({ output }) => output()), state: advance(state, chosen) };
}

/**
 * Returns the state as the code sees it. A user who starts with all items has 1970-01-01
 * (…/best-practices/trigger-modules).
 */
const toData = ({ lastId, lastDate = "1970-01-01T00:00:00.000Z" }: TriggerState) => ({
  lastId,
  lastDate: toDate(lastDate),
});

function toCandidate(trigger: TriggerDirectives, item: Item, output: () => unknown): Candidate {
  const id = fillIn(trigger.id, item.scope);
  if (typeof id !== "string" && typeof id !== "number")
    throw new TypeError(`trigger.id gives ${toText(id)}, which is no id`);
  const date = trigger.type === "date" ? toDate(fillIn(trigger.date, item.scope)).getTime() : 0;
  return { id, date, item, output };
}

/** Returns true for an item later than the last one. An item of the same date must not be among those handed out. */
function isNew({ id, date }: Candidate, { type }: TriggerDirectives, state: TriggerState): boolean {
  if (type === "id") {
    if (typeof id !== "number") throw new TypeError("A trigger of the type id needs numbers");
    if (state.lastId === undefined) return true;
    return id > Number(state.lastId) || (state.matchEqual === true && id === state.lastId);
  }
  if (state.lastDate === undefined) return true;
  const last = Date.parse(state.lastDate);
  if (date !== last) return date > last;
  return state.matchEqual === true || !(state.idsOfLastDate ?? []).includes(id);
}

const byAge = (a: Candidate, b: Candidate): number =>
  a.date - b.date || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function advance(state: TriggerState, chosen: Candidate[]): TriggerState {
  const last = chosen.at(-1);
  if (!last) return state;
  if (last.date === 0) return { lastId: last.id };
  const lastDate = new Date(last.date).toISOString();
  const before = state.lastDate === lastDate ? (state.idsOfLastDate ?? []) : [];
  const ofDate = chosen.filter(({ date }) => date === last.date).map(({ id }) => id);
  return { lastId: last.id, lastDate, idsOfLastDate: [...before, ...ofDate] };
}

/** The user's choice in "Choose where to start" (…/component-blocks/epoch). */
export type Start =
  | "all"
  /** Only for triggers of the type `date`. */
  | "now"
  /** Starts with this item of the epoch panel, which is the first one that is handed out. */
  | EpochItem;

/**
 * Returns the state with which a trigger starts. @throws TypeError for "From now on" of a trigger by id, which Make
 * doesn't offer
 */
export function startState(start: Start, type: TriggerDirectives["type"], now: Date): TriggerState {
  if (start === "all") return {};
  if (start !== "now") return start.state;
  if (type === "id") throw new TypeError("Make offers no start from now on for triggers by id");
  return { lastDate: now.toISOString(), idsOfLastDate: [] };
}

/** An item of the epoch panel. */
export interface EpochItem {
  label: string;
  date: unknown;
  /** The state from which the trigger goes on if this item is chosen: that of the item before it. */
  state: TriggerState;
}

/**
 * Returns the items that "Choose where to start" shows, newest first. Runs the trigger's communication with the
 * overrides of its epoch, which name label and date of each item (…/component-blocks/epoch). If the user chooses the
 * oldest shown item, `trigger.matchEqual` is set (…/app-components/modules/trigger, "Available IML variables").
 */
export async function readEpoch(communication: Communication): Promise<EpochItem[]> {
  const shown: { candidate: Candidate; label: string; date: unknown }[] = [];
  for await (const { items: found, response, scope } of communicate(communication)) {
    const limit = Number(fillIn(response.limit ?? RECORDS_MAX, scope));
    for (const item of found.slice(0, limit - shown.length)) {
      const candidate = toCandidate(must(response.trigger), item, () => undefined);
      const { label, date } = outputOf(response, item) as { label: unknown; date: unknown };
      shown.push({ candidate, label: toText(label), date });
    }
    if (found.length === 0 || shown.length >= limit) break;
  }
  const byTheirAge = shown.sort((a, b) => byAge(b.candidate, a.candidate));
  return byTheirAge.map(({ candidate, label, date }, index) => {
    const before = byTheirAge[index + 1];
    const state = before
      ? advance({}, [before.candidate])
      : { ...advance({}, [candidate]), matchEqual: true as const };
    return { label, date, state };
  });
}
