import type { Approval, InboxItem, View, ViewQuery } from "@sayso/client";
import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { api } from "../api.ts";
import { decidedStatuses, toInput, type Filters, type ListName } from "./filters/filters.ts";

/** A request in a list; what the person can do with it is known of those that need them. */
export type Item = Approval & Partial<Pick<InboxItem, "your_vote" | "has_context">>;

/** Which list, narrowed by what. */
export interface Source {
  list: ListName;
  filters: Filters;
}

/** What a request's address says of the list that it was opened from. */
export const openedFrom = ({ list }: Source) => (list === "inbox" ? list : undefined);

/** As many as the API gives at once. */
export const PAGE_SIZE = 100;

// Apart from the keys that every event touches: a list decides by itself when what it shows may move. The filters are one
// text, since the beginning of an object or of an array also finds those that have more.
const listKey = ({ list, filters }: Source) =>
  ["request-list", list, JSON.stringify(filters)] as const;

/**
 * One page of a list. Pages of one generation belong together: a new one is begun when the list has changed, so that no row
 * is missed or shown twice.
 */
export const pageQuery = (source: Source, generation: number, page: number) =>
  queryOptions({
    queryKey: [...listKey(source), generation, page],
    queryFn: ({ signal }) => readPage(source, page, PAGE_SIZE, signal),
    staleTime: Number.POSITIVE_INFINITY,
    // Of a very long list only what was just looked at stays in memory.
    gcTime: 30_000,
  });

/** How many there are at this moment. */
export const readTotal = async (source: Source): Promise<number> =>
  (await readPage(source, 1, 1)).total;

async function readPage(
  { list, filters }: Source,
  page: number,
  size: number,
  signal?: AbortSignal,
): Promise<{ data: Item[]; total: number }> {
  const input = { ...toInput(filters), page, page_size: size };
  const { status } = filters;
  switch (list) {
    case "inbox":
      return api.listInbox(input, { signal });
    case "mine":
      return api.listAsked({ ...input, status }, { signal });
    case "decided":
      return api.listApprovals({ ...input, status: status ?? decidedStatuses }, { signal });
    case "all":
      return api.listApprovals({ ...input, status }, { signal });
  }
}

/** The pages of one generation that have been read, by their numbers. */
export const readPages = (client: QueryClient, source: Source, generation: number) =>
  new Map(
    client
      .getQueriesData<{ data: Item[]; total: number }>({
        queryKey: [...listKey(source), generation],
      })
      .flatMap(([key, page]) => (page ? [[Number(key[4]), page] as const] : [])),
  );

/** Forgets the generations before this one; the next may be under way. */
export const forgetOlder = (client: QueryClient, source: Source, generation: number): void =>
  client.removeQueries({
    queryKey: listKey(source),
    predicate: ({ queryKey }) => Number(queryKey[3]) < generation,
  });

export const viewsQuery = queryOptions({
  queryKey: ["views"],
  queryFn: async ({ signal }) => (await api.listViews({}, { signal })).data,
});

/** Keeps a view, a new one or, with an id, in place of what it was. */
export const saveView = ({
  id,
  name,
  query,
}: {
  id?: string;
  name: string;
  query?: ViewQuery;
}): Promise<View> =>
  id === undefined
    ? api.createView({ name, query: query ?? { list: "all" } })
    : api.updateView({ id, name, query });

export const actionTypesQuery = queryOptions({
  queryKey: ["action-types"],
  queryFn: async ({ signal }) => (await api.listActionTypes({}, { signal })).data,
});
