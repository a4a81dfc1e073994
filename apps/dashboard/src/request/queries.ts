import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import { api } from "../api.ts";
import { useLiveEvents } from "../live/use-live-events.ts";

// Apart from the keys that every event touches: only what concerns this very request is read again (live/refresh.ts).
export const requestKey = (id: string) => ["request-page", id] as const;

/**
 * The request and what the person may do with it. What they may do is read first, so that a revision in between makes the
 * sequence that their vote brings too old rather than too new.
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
/** While something is under way, that it has arrived is told by no event. */
const UNDER_WAY_MS = 3000;

/** The newest part first; more is what happened earlier. */
export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...requestKey(id), "timeline"],
    queryFn: ({ pageParam, signal }) =>
      api.getTimeline({ id, limit: TIMELINE_PAGE, before: pageParam }, { signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ data, has_earlier }) => (has_earlier ? data[0]?.sequence : undefined),
    refetchInterval: ({ state }) => {
      const deliveries = state.data?.pages[0]?.deliveries ?? [];
      return deliveries.some(({ status }) => status === "pending") && UNDER_WAY_MS;
    },
  });

/** Who can take a vote over. */
export const approversQuery = queryOptions({
  queryKey: ["approvers"],
  queryFn: async ({ signal }) => {
    const { data } = await api.listMembers({ can_approve: "true" }, { signal });
    return data;
  },
});

/** Reads again what is shown of a request; resolves when it is there. */
export function useRereadRequest(id: string): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: requestKey(id) });
}

/** Keeps what is shown of a request as it is on the server. */
export function useLiveRequest(id: string): void {
  const reread = useRereadRequest(id);
  useLiveEvents((event) => {
    if (event === null || event.request_id === id) void reread();
  });
}
