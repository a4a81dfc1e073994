import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../api.ts";
import { showWaiting } from "../ui/document-title.ts";

/** Returns the number of requests that wait for the signed-in person. 0: none, or not yet known. */
export function useWaiting(): number {
  const { data = 0 } = useQuery({
    queryKey: ["inbox", "count"],
    queryFn: async ({ signal }) => {
      const { total } = await api.listInbox({ page_size: 1 }, { signal });
      return total;
    },
  });
  return data;
}

/** Shows the number of waiting requests in the tab's title and icon. */
export function useWaitingBadge(): void {
  const waiting = useWaiting();
  useEffect(() => showWaiting(waiting), [waiting]);
}
