import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../api.ts";
import { showWaiting } from "../ui/document-title.ts";

/** How many requests wait for whoever looks; 0 while it isn't known. */
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

/** Keeps the tab's title and icon at the number that waits. */
export function useWaitingBadge(): void {
  const waiting = useWaiting();
  useEffect(() => showWaiting(waiting), [waiting]);
}
