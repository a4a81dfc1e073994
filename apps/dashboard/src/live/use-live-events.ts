import type { Event } from "@sayso/client";
import { useEffect, useEffectEvent } from "react";
import { onLiveEvent } from "./live-events.ts";

/**
 * Calls `listener` for each event of the organization while the component is shown. Null: there was a gap in which
 * anything can have happened.
 */
export function useLiveEvents(listener: (event: Event | null) => void): void {
  const notify = useEffectEvent(listener);
  useEffect(() => onLiveEvent((event) => notify(event)), []);
}
