import {
  filtersOf,
  isListName,
  readSearch,
  searchOf,
  type Filters,
  type ListName,
  type ListSearch,
} from "./filters.ts";

/** The name of a list and its filters. */
export interface Source {
  list: ListName;
  filters: Filters;
}

/**
 * The search of a request's address. It names the list that the request was opened from, with the list's search and
 * filters, so that the person goes on in this list. The list's own `from` and `to` are called `after` and `before` here.
 */
export interface OpenedFrom extends Omit<ListSearch, "list" | "from" | "to"> {
  from?: ListName;
  after?: string;
  before?: string;
}

/** Returns the search of the address of a request that is opened from this list. */
export function openedFrom({ list, filters }: Source): OpenedFrom {
  const { from: after, to: before, ...search } = searchOf(filters);
  return { from: list, ...search, after, before };
}

/** Reads the search of a request's address. A value that makes no sense counts as absent. */
export function readOpenedFrom(search: Record<string, unknown>): OpenedFrom {
  const { from: list } = search;
  if (!isListName(list)) return {};
  const { after: from, before: to } = search;
  return openedFrom({ list, filters: filtersOf(readSearch({ ...search, from, to })) });
}

/** Returns the list that a request was opened from. Undefined: it was opened from no list. */
export function sourceOf({ from: list, after, before, ...search }: OpenedFrom): Source | undefined {
  if (list === undefined) return undefined;
  return { list, filters: filtersOf({ ...search, from: after, to: before }) };
}

/** Returns the address of a list. */
export const addressOf = ({ list, filters }: Source) => ({
  to: list === "inbox" ? ("/inbox" as const) : ("/requests" as const),
  search: {
    ...searchOf(filters),
    list: list === "decided" || list === "mine" ? list : undefined,
  } satisfies ListSearch,
});
