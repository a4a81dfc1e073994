import type { Approval, InboxItem, View, ViewQuery } from "@sayso/client";
import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { api } from "../api.ts";
import { decidedStatuses, toInput } from "./filters/filters.ts";
import type { Source } from "./filters/opened-from.ts";

/** A request in a list. Only the inbox says what the person can do with it. */
export type Item = Approval & Partial<Pick<InboxItem, "your_vote" | "has_context">>;

/** The most rows that the API returns at once. */
export const PAGE_SIZE = 100;

// These keys are apart from the keys that every event touches, because a list itself decides when its rows can move.
// The filters are one text, because a key that is the beginning of another would match that one too.
const listKey = ({ list, filters }: Source) =>
  ["request-list", list, JSON.stringify(filters)] as const;

/**
 * One page of a list. The pages of a generation belong together: a new generation begins when the list has changed, so
 * that no row is missed or shown twice.
 */
export const pageQuery = (source: Source, generation: number, page: number) =>
  queryOptions({
    queryKey: [...listKey(source), generation, page],
    queryFn: ({ signal }) => readPage(source, page, PAGE_SIZE, signal),
    staleTime: Number.POSITIVE_INFINITY,
    // In a very long list, only the pages that were just looked at stay in memory.
    gcTime: 30_000,
  });

/** Returns the present number of requests in the list. */
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

/** Returns the pages of a generation that have been read, by their numbers. */
export const readPages = (client: QueryClient, source: Source, generation: number) =>
  new Map(
    client
      .getQueriesData<{ data: Item[]; total: number }>({
        queryKey: [...listKey(source), generation],
      })
      .flatMap(([key, page]) => (page ? [[Number(key[4]), page] as const] : [])),
  );

/** Forgets the generations before this one. The next one can already be under way. */
export const forgetOlder = (client: QueryClient, source: Source, generation: number): void =>
  client.removeQueries({
    queryKey: listKey(source),
    predicate: ({ queryKey }) => Number(queryKey[3]) < generation,
  });

export const viewsQuery = queryOptions({
  queryKey: ["views"],
  queryFn: async ({ signal }) => (await api.listViews({}, { signal })).data,
});

/** Saves a view. With an id, it replaces the view that has this id. */
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
