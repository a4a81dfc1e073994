import type { Priority, Status, ViewQuery } from "@sayso/client";

/** Which requests: what needs the person, all, what is decided, what they asked for. */
export type ListName = ViewQuery["list"];

export const priorities = ["critical", "high", "medium", "low"] as const satisfies Priority[];
export const statuses = [
  "pending",
  "approved",
  "rejected",
  "cancelled",
  "expired",
] as const satisfies Status[];
/** What "decided" means where nothing narrower is asked for. */
export const decidedStatuses = statuses.slice(1);

/** How far back, in days. */
export const spans = [1, 7, 30, 90] as const;

/** What narrows a list, as it stands in the address. Absent: any. */
export interface Filters {
  search?: string;
  status?: Status[];
  priority?: Priority[];
  action?: string;
  source?: string;
  /** Made at most so many days ago. */
  days?: number;
  /** The first and the last day, in the zone of whoever looks: 2026-03-25. */
  from?: string;
  to?: string;
}

/** In the address of /requests. Lists are written `pending,approved`. */
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

/** Reads an address; what makes no sense counts as absent. */
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

/** What belongs into the address for these filters; absent keys leave it. */
export const searchOf = (filters: Filters): Omit<ListSearch, "list"> => ({
  ...filters,
  status: filters.status?.join(","),
  priority: filters.priority?.join(","),
});

/** How many of the filters narrow anything, the search aside. */
export const countOf = (filters: Filters): number =>
  [
    filters.status,
    filters.priority,
    filters.action,
    filters.source,
    filters.days ?? filters.from ?? filters.to,
  ].filter((value) => value !== undefined).length;

const DAY_MS = 86_400_000;
/** The beginning of a day in the zone of whoever looks. */
const midnight = (text: string, later = 0): string => {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
};

/** The filters as the API takes them. */
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

/** The filters of a view that somebody kept, and back. */
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
