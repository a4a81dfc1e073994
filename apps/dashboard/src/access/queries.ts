import type { CreateAppInput, SearchDeliveriesInput } from "@sayso/client";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, firstPage } from "../api.ts";

/** The interval at which quickly changing data is read again while somebody looks at it. */
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

/** The filter of a connection's call log. */
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
    initialPageParam: firstPage<string>(),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    // A list of several pages isn't read again, because it would move under the person who reads it.
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

/** The filter of the delivery log. */
export type DeliveryFilter = Pick<
  SearchDeliveriesInput,
  "status" | "event" | "target" | "subscription_id" | "connection_id"
>;

export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    queryKey: ["deliveries", "list", filter],
    queryFn: ({ signal, pageParam }) =>
      api.searchDeliveries({ ...filter, cursor: pageParam, limit: 50 }, { signal }),
    initialPageParam: firstPage<string>(),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : LIVE_MS),
  });

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ["deliveries", id],
    queryFn: ({ signal }) => api.getDelivery({ id }, { signal }),
    // A pending delivery can end at any moment, so it is read more often.
    refetchInterval: ({ state }) => (state.data?.status === "pending" ? LIVE_MS / 2 : false),
  });

/** A scope that a credential can be given. */
export type Scope = NonNullable<CreateAppInput["scopes"]>[number];
