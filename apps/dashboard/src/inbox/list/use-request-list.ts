import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Source } from "../filters/opened-from.ts";
import { forgetOlder, pageQuery, PAGE_SIZE, readPages, type Item } from "../queries.ts";

/** A list of any length. Only the pages that somebody looks at are read. */
export interface RequestList {
  source: Source;
  /** Undefined until the first page is read. */
  total: number | undefined;
  error: Error | null;
  /**
   * The number of the shown generation. All rows of a generation belong to one reading of the list, and indexes count
   * from 0 within it.
   */
  generation: number;
  /** Returns the row at an index. Undefined: its page is still being read. */
  rowAt: (index: number) => Item | undefined;
  /** Returns the index of a row among those that were read. */
  indexOf: (id: string) => number | undefined;
  /** Sets the rows in sight, so that their pages are read. */
  look: (first: number, last: number) => void;
  /** Replaces fields of a row with newer values. */
  patch: (id: string, newer: Partial<Item>) => void;
  /** Sets whether the server's list has changed since, so that another page of it would not fit the shown ones. */
  setDrifted: (isDrifted: boolean) => void;
  /** Begins a new generation. The shown rows stay until it has been read. */
  refresh: () => Promise<void>;
}

/** The latest generation of each list, so that a person who comes back to a list sees it at once. */
const lastGenerations = new Map<string, number>();
/** A dragged scrollbar passes many pages. Only pages where it rests this long are read. */
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

/** Keeps the shown generation and its pages, and begins the next one. */
function useGenerations(source: Source) {
  const client = useQueryClient();
  const name = JSON.stringify(source);
  const [generation, setGeneration] = useState(() => lastGenerations.get(name) ?? 0);
  const [pages, setPages] = useState<readonly number[]>([1]);
  // The state of this moment, which can be newer than the drawn one.
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
      // The shown rows stay. The next event or the next visit tries again.
    } finally {
      state.isRefreshing = false;
    }
  }, [client, name]);

  // Events that came while the list was not shown did not reach it, so it is read again.
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

/** Returns the pages that hold these rows. It returns the same array if nothing changes. */
function pagesOf(first: number, last: number, shown: readonly number[]): readonly number[] {
  const from = Math.floor(first / PAGE_SIZE) + 1;
  const to = Math.max(from, Math.floor(last / PAGE_SIZE) + 1);
  const pages = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return pages.join() === shown.join() ? shown : pages;
}
