import type { Me } from "@sayso/client";
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api } from "./api.ts";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => api.getMe({}, { signal }),
  staleTime: 5 * 60_000,
});

/** Whoever is signed in. The shell has read it before any page is shown. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Owners and admins look after the organization. */
export const isAdmin = (me: Pick<Me, "role">): boolean => me.role !== "member";
