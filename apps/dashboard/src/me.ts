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

/** Returns the person who is signed in. The shell reads this person before it shows any page. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether this person is an owner or admin, who look after the organization. */
export const isAdmin = (me: Pick<Me, "role">): boolean => me.role !== "member";
