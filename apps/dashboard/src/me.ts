import type { Me } from "@sayso/client";
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api, belongTo } from "./api.ts";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }) => {
    const me = await api.getMe({}, { signal });
    belongTo(me.id);
    return me;
  },
  staleTime: 5 * 60_000,
});

/** Whoever is signed in. The shell has read it before any page is shown. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Owners and admins look after the organization. */
export const isAdmin = (me: Pick<Me, "role">): boolean => me.role !== "member";
