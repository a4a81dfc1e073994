import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import { api, firstPage } from "../api.ts";
import { useLiveEvents } from "../live/use-live-events.ts";

// This key is apart from the keys that every event touches: only events of this request read it again
// (live/refresh.ts).
export const requestKey = (id: string) => ["request-page", id] as const;

/**
 * Reads a request, and the actions on it that the person can take. The actions are read first. So if a revision comes
 * in between, the vote's sequence is too old, and never too new.
 */
export const decidingQuery = (id: string) =>
  queryOptions({
    queryKey: [...requestKey(id), "deciding"],
    queryFn: async ({ signal }) => {
      const vote = await api.previewVote({ id }, { signal });
      const approval = await api.getApproval({ id }, { signal });
      return { vote, approval };
    },
  });

export const decidersQuery = (id: string) =>
  queryOptions({
    queryKey: [...requestKey(id), "deciders"],
    queryFn: ({ signal }) => api.listDeciders({ id }, { signal }),
  });

export const differenceQuery = (id: string) =>
  queryOptions({
    queryKey: [...requestKey(id), "difference"],
    queryFn: ({ signal }) => api.getDifference({ id }, { signal }),
  });

const TIMELINE_PAGE = 100;
/** The interval of reading while a delivery is under way, because no event reports its arrival. */
const UNDER_WAY_MS = 3000;

/** The request's timeline. The newest part comes first, and the next page is earlier. */
export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...requestKey(id), "timeline"],
    queryFn: ({ pageParam, signal }) =>
      api.getTimeline({ id, limit: TIMELINE_PAGE, before: pageParam }, { signal }),
    initialPageParam: firstPage<number>(),
    getNextPageParam: ({ data, has_earlier }) => (has_earlier ? data[0]?.sequence : undefined),
    refetchInterval: ({ state }) => {
      const deliveries = state.data?.pages[0]?.deliveries ?? [];
      return deliveries.some(({ status }) => status === "pending") && UNDER_WAY_MS;
    },
  });

/** The people who can approve, so that a vote can be delegated to them. */
export const approversQuery = queryOptions({
  queryKey: ["approvers"],
  queryFn: async ({ signal }) => {
    const { data } = await api.listMembers({ can_approve: "true" }, { signal });
    return data;
  },
});

/** Reads the shown data of a request again. Resolves when it is there. */
export function useRereadRequest(id: string): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: requestKey(id) });
}

/** Keeps the shown data of a request up to date. */
export function useLiveRequest(id: string): void {
  const reread = useRereadRequest(id);
  useLiveEvents((event) => {
    if (event === null || event.request_id === id) void reread();
  });
}
