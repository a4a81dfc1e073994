import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  forgetOlder,
  pageQuery,
  PAGE_SIZE,
  readPages,
  type Item,
  type Source,
} from "../queries.ts";

/** A list of any length, of which the pages are read that somebody looks at. */
export interface RequestList {
  source: Source;
  /** Undefined until the first page is there. */
  total: number | undefined;
  error: Error | null;
  /** Of one generation all rows were read as if at one moment; places count from 0 within it. */
  generation: number;
  /** Undefined while its page is being read. */
  rowAt: (index: number) => Item | undefined;
  /** Where a row stands, among those that were read. */
  indexOf: (id: string) => number | undefined;
  /** Says which rows are in sight. */
  look: (first: number, last: number) => void;
  /** Puts what is known to be newer in the place of a row. */
  patch: (id: string, newer: Partial<Item>) => void;
  /** Says that the server's list is another by now: another page of it would not fit to those that are shown. */
  setDrifted: (isDrifted: boolean) => void;
  /** Begins a new generation; what is shown stays until that is there. */
  refresh: () => Promise<void>;
}

/** The generation that was shown last of each list, so that coming back to one shows it at once. */
const lastGenerations = new Map<string, number>();
/** A scrollbar that is dragged passes many pages; only those where it rests are read. */
const REST_MS = 60;

export function useRequestList(source: Source): RequestList {
  const client = useQueryClient();
  const { generation, pages, ...acts } = useGenerations(source);
  const results = useQueries({
    queries: pages.map((page) => pageQuery(source, generation, page)),
  });
  const read = readPages(client, source, generation);
  const newest = results.findLast(({ data }) => data)?.data ?? [...read.values()].at(-1);
  const places = useMemo(() => {
    const found = new Map<string, number>();
    for (const [page, { data }] of read)
      data.forEach((row, i) => found.set(row.id, (page - 1) * PAGE_SIZE + i));
    return found;
  }, [generation, results.map(({ dataUpdatedAt }) => dataUpdatedAt).join()]);
  return {
    source,
    total: newest?.total,
    error: results.find(({ isError, data }) => isError && !data)?.error ?? null,
    generation,
    rowAt: (index) => read.get(Math.floor(index / PAGE_SIZE) + 1)?.data[index % PAGE_SIZE],
    indexOf: (id) => places.get(id),
    patch(id, newer) {
      const index = places.get(id);
      if (index === undefined) return;
      const { queryKey } = pageQuery(source, generation, Math.floor(index / PAGE_SIZE) + 1);
      client.setQueryData(
        queryKey,
        (page) =>
          page && {
            ...page,
            data: page.data.map((row) => (row.id === id ? { ...row, ...newer } : row)),
          },
      );
    },
    ...acts,
  };
}

/** Which generation is shown and which of its pages, and going on to the next. */
function useGenerations(source: Source) {
  const client = useQueryClient();
  const name = JSON.stringify(source);
  const [generation, setGeneration] = useState(() => lastGenerations.get(name) ?? 0);
  const [pages, setPages] = useState<readonly number[]>([1]);
  // As it is at this moment, whatever was drawn last.
  const latest = useRef({
    generation,
    pages,
    isRefreshing: false,
    isStale: false,
    isDrifted: false,
  });
  const refresh = useCallback(async (): Promise<void> => {
    const state = latest.current;
    state.isStale = true;
    if (state.isRefreshing) return;
    state.isRefreshing = true;
    const next = state.generation + 1;
    try {
      while (state.isStale) {
        state.isStale = false;
        client.removeQueries({ queryKey: pageQuery(source, next, 1).queryKey.slice(0, 4) });
        await Promise.all(
          state.pages.map((page) => client.fetchQuery(pageQuery(source, next, page))),
        );
      }
      lastGenerations.set(name, next);
      state.generation = next;
      setGeneration(next);
    } catch {
      // What is shown stays; the next event, or the next look, tries again.
    } finally {
      state.isRefreshing = false;
    }
  }, [client, name]);

  // What happened while it was not shown was told to nobody here.
  useEffect(() => {
    if (readPages(client, source, latest.current.generation).size > 0) void refresh();
  }, [refresh]);
  useEffect(() => forgetOlder(client, source, generation), [client, name, generation]);

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = useCallback(
    (first: number, last: number) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const state = latest.current;
        const next = pagesOf(first, last, state.pages);
        if (next === state.pages) return;
        state.pages = next;
        setPages(next);
        if (state.isDrifted) void refresh();
      }, REST_MS);
    },
    [refresh],
  );
  const setDrifted = useCallback((isDrifted: boolean) => {
    latest.current.isDrifted = isDrifted;
  }, []);
  return { generation, pages, refresh, look, setDrifted };
}

/** The pages in which these rows are; the same array where nothing changes. */
function pagesOf(first: number, last: number, shown: readonly number[]): readonly number[] {
  const from = Math.floor(first / PAGE_SIZE) + 1;
  const to = Math.max(from, Math.floor(last / PAGE_SIZE) + 1);
  const pages = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return pages.join() === shown.join() ? shown : pages;
}
