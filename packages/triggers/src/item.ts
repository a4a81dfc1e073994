import type { EventRequest } from "@sayso/client";

/**
 * An event as the API gives it: in the feed, in a webhook, and to the automation. Times are ISO 8601 in UTC.
 * `status` and the decision's fields in `request` are as of the event, the rest of it as it is now.
 */
export interface EventItem {
  /** The event's own id, the same wherever it is seen: what platforms tell new from old by. */
  id: string;
  /** `approval.approved` and the like. */
  type: string;
  /** The event's number within its request; 0 without a request. */
  sequence: number | null;
  created_at: string;
  organization_id: string | null;
  request_id: string | null;
  actor: { kind: string | null; id: string | null; name: string | null } | null;
  /** What the event carries besides; differs from type to type. */
  data: Record<string, unknown>;
  /** The request that it is about. A field that the server doesn't send is missing. */
  request: Partial<EventRequest> | null;
}

/** Longer ids are refused, so that a memory of so many ids is one of so many bytes. */
const ID_LENGTH_MAX = 100;

/**
 * What came from the server as an item, or null if it is none: an item has an id of at most 100 characters, a type
 * and a time. Whatever else is missing is null or empty; unknown fields are kept.
 */
export function readItem(value: unknown): EventItem | null {
  if (!isRecord(value)) return null;
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
    actor: isRecord(value.actor) ? (value.actor as unknown as EventItem["actor"]) : null,
    data: isRecord(value.data) ? value.data : {},
    request: isRecord(value.request) ? value.request : null,
  };
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const textOrNull = (value: unknown): string | null =>
  typeof value === "string" ? value : null;
