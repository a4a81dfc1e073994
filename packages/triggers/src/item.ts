import { isObject } from "@sayso/exact-json";
import type { EventRequest } from "@sayso/client";

/**
 * An event as the API gives it: in the feed, in a webhook, and to the automation. Times are ISO 8601 in UTC. In
 * `request`, `status` and the decision's fields are as of the event; the other fields are as they are now.
 */
export interface EventItem {
  /** The event's own id, the same wherever it appears. Platforms distinguish new events from old ones by it. */
  id: string;
  /** The event's type, such as `approval.approved`. */
  type: string;
  /** The event's number within its request; 0 without a request. */
  sequence: number | null;
  created_at: string;
  organization_id: string | null;
  request_id: string | null;
  actor: { kind: string | null; id: string | null; name: string | null } | null;
  /** The event's other fields, which differ from type to type. */
  data: Record<string, unknown>;
  /** The request that the event is about. A field that the server doesn't send is missing. */
  request: Partial<EventRequest> | null;
}

/** The length above which ids are refused, so that a memory of so many ids has a limited number of bytes. */
const ID_LENGTH_MAX = 100;

/**
 * Reads a value from the server as an item, or returns null if it is none: an item has an id of at most 100 characters,
 * a type and a time. Other missing fields become null or empty; unknown fields are kept.
 */
export function readItem(value: unknown): EventItem | null {
  if (!isObject(value)) return null;
  const { id, type, created_at } = value;
  if (typeof id !== "string" || id === "" || id.length > ID_LENGTH_MAX) return null;
  if (typeof type !== "string" || type === "" || typeof created_at !== "string") return null;
  return {
    ...value,
    id,
    type,
    created_at,
    sequence: typeof value.sequence === "number" ? value.sequence : null,
    organization_id: textOrNull(value.organization_id),
    request_id: textOrNull(value.request_id),
    actor: isObject(value.actor) ? readActor(value.actor) : null,
    data: isObject(value.data) ? value.data : {},
    request: isObject(value.request) ? value.request : null,
  };
}

const readActor = (actor: Record<string, unknown>): EventItem["actor"] => ({
  ...actor,
  kind: textOrNull(actor.kind),
  id: textOrNull(actor.id),
  name: textOrNull(actor.name),
});

export const textOrNull = (value: unknown): string | null =>
  typeof value === "string" ? value : null;
