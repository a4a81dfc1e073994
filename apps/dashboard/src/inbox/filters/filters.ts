import type { Priority, Status, ViewQuery } from "@sayso/client";

/** The name of a list: the requests that need the person, all, the decided ones, or the person's own. */
export type ListName = ViewQuery["list"];

const listNames: readonly unknown[] = ["inbox", "all", "decided", "mine"] satisfies ListName[];

export const isListName = (name: unknown): name is ListName => listNames.includes(name);

export const priorities = ["critical", "high", "medium", "low"] as const satisfies Priority[];
export const statuses = [
  "pending",
  "approved",
  "rejected",
  "cancelled",
  "expired",
] as const satisfies Status[];
/** The statuses of the list "decided" without a status filter. */
export const decidedStatuses = statuses.slice(1);

/** The choices for the age of a request, in days. */
export const spans = [1, 7, 30, 90] as const;

/** The filters of a list, as its address holds them. Absent: any. */
export interface Filters {
  search?: string;
  status?: Status[];
  priority?: Priority[];
  action?: string;
  source?: string;
  /** The greatest age of a request, in days. */
  days?: number;
  /** The first and the last day, in the viewer's time zone: 2026-03-25. */
  from?: string;
  to?: string;
}

/** The search of the address /requests. Several values are written `pending,approved`. */
export interface ListSearch {
  list?: Exclude<ListName, "inbox" | "all">;
  search?: string;
  status?: string;
  priority?: string;
  action?: string;
  source?: string;
  days?: number;
  from?: string;
  to?: string;
}

const some = <Item extends string>(all: readonly Item[], text: unknown): Item[] | undefined => {
  const wanted = typeof text === "string" ? text.split(",") : [];
  const found = all.filter((item) => wanted.includes(item));
  return found.length > 0 ? found : undefined;
};
const words = (text: unknown, max: number): string | undefined => {
  const plain = typeof text === "string" || typeof text === "number" ? String(text) : "";
  return plain.trim() === "" ? undefined : plain.slice(0, max);
};
const day = (text: unknown): string | undefined =>
  typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
    ? text
    : undefined;

/** Reads the search of an address. A value that makes no sense counts as absent. */
export function readSearch(search: Record<string, unknown>): ListSearch {
  const days = spans.find((span) => span === Number(search.days));
  return {
    list: search.list === "decided" || search.list === "mine" ? search.list : undefined,
    search: words(search.search, 500),
    status: some(statuses, search.status)?.join(","),
    priority: some(priorities, search.priority)?.join(","),
    action: words(search.action, 200),
    source: words(search.source, 200),
    days,
    from: days === undefined ? day(search.from) : undefined,
    to: days === undefined ? day(search.to) : undefined,
  };
}

export const filtersOf = ({ list: _list, ...search }: ListSearch): Filters => ({
  ...search,
  status: some(statuses, search.status),
  priority: some(priorities, search.priority),
});

/** Returns the search that the address gets for these filters. A key that is undefined leaves the address. */
export const searchOf = (filters: Filters): Omit<ListSearch, "list"> => ({
  ...filters,
  status: filters.status?.join(","),
  priority: filters.priority?.join(","),
});

/** Counts the active filters without the search. */
export const countOf = (filters: Filters): number =>
  [
    filters.status,
    filters.priority,
    filters.action,
    filters.source,
    filters.days ?? filters.from ?? filters.to,
  ].filter((value) => value !== undefined).length;

const DAY_MS = 86_400_000;
/** Returns the beginning of a day in the viewer's time zone. */
const midnight = (text: string, later = 0): string => {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
};

/** Converts the filters into the API's input. */
export const toInput = ({ search, priority, action, source, days, from, to }: Filters) => ({
  search,
  priority,
  action_type: action,
  source,
  created_after:
    days === undefined
      ? from && midnight(from)
      : new Date(Date.now() - days * DAY_MS).toISOString(),
  created_before: to && midnight(to, 1),
});

/** Returns the filters of a saved view. `toView` does the reverse. */
export const fromView = (query: ViewQuery): Filters => ({
  search: query.search,
  status: query.status,
  priority: query.priority,
  action: query.action_type,
  source: query.source,
  days: query.within_days,
  from: query.created_after && localDay(query.created_after),
  to: query.created_before && localDay(query.created_before, -1),
});

export function toView(list: ListName, filters: Filters): ViewQuery {
  const { search, priority, action_type, source, created_after, created_before } = toInput(filters);
  return {
    list,
    status: filters.status,
    search,
    priority,
    action_type,
    source,
    within_days: filters.days,
    ...(filters.days === undefined && { created_after, created_before }),
  };
}

function localDay(instant: string, later = 0): string {
  const date = new Date(instant);
  date.setDate(date.getDate() + later);
  const part = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`;
}
