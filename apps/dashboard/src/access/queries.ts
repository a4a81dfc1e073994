import type { CreateAppInput, SearchDeliveriesInput } from "@sayso/client";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../api.ts";

/** How often what changes by the second is read again while somebody looks. */
const LIVE_MS = 5000;

export const connectionsQuery = queryOptions({
  queryKey: ["connections", "list"],
  queryFn: ({ signal }) => api.listConnections({}, { signal }),
});

export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ["connections", id],
    queryFn: ({ signal }) => api.getConnection({ id }, { signal }),
  });

export const connectionKeysQuery = (id: string) =>
  queryOptions({
    queryKey: ["connections", id, "keys"],
    queryFn: ({ signal }) => api.listConnectionKeys({ id }, { signal }),
  });

export const connectionUsageQuery = (id: string) =>
  queryOptions({
    queryKey: ["connections", id, "usage"],
    queryFn: ({ signal }) => api.getConnectionUsage({ id }, { signal }),
    refetchInterval: LIVE_MS,
  });

/** What the request log is narrowed down to. */
export interface CallFilter {
  status?: "2xx" | "3xx" | "4xx" | "5xx";
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  search?: string;
}

export const connectionCallsQuery = (id: string, filter: CallFilter) =>
  infiniteQueryOptions({
    queryKey: ["connections", id, "calls", filter],
    queryFn: ({ signal, pageParam }) =>
      api.listConnectionCalls({ id, ...filter, cursor: pageParam, limit: 50 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    // Whoever has read on is not moved while they read.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : LIVE_MS),
  });

export const appsQuery = queryOptions({
  queryKey: ["apps", "list"],
  queryFn: ({ signal }) => api.listApps({}, { signal }),
});

export const appQuery = (id: string) =>
  queryOptions({
    queryKey: ["apps", id],
    queryFn: ({ signal }) => api.getApp({ id }, { signal }),
  });

export const grantsQuery = (whose: "own" | "organization", appId?: string) =>
  queryOptions({
    queryKey: ["grants", whose, appId],
    queryFn: ({ signal }) => api.listGrants({ whose, app_id: appId }, { signal }),
  });

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => api.listTokens({}, { signal }),
});

export const subscriptionsQuery = queryOptions({
  queryKey: ["subscriptions"],
  queryFn: ({ signal }) => api.listSubscriptions({}, { signal }),
});

/** What the delivery log is narrowed down to. */
export type DeliveryFilter = Pick<
  SearchDeliveriesInput,
  "status" | "event" | "target" | "subscription_id" | "connection_id"
>;

export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    queryKey: ["deliveries", "list", filter],
    queryFn: ({ signal, pageParam }) =>
      api.searchDeliveries({ ...filter, cursor: pageParam, limit: 50 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : LIVE_MS),
  });

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ["deliveries", id],
    queryFn: ({ signal }) => api.getDelivery({ id }, { signal }),
    // What is on its way may arrive at any moment.
    refetchInterval: ({ state }) => (state.data?.status === "pending" ? LIVE_MS / 2 : false),
  });

/** What a credential can be allowed. */
export type Scope = NonNullable<CreateAppInput["scopes"]>[number];
