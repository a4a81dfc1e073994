import { isObject } from "@sayso/exact-json";
import type { Approval } from "@sayso/client";

/**
 * The part of the API that this layer needs. Each platform implements it with its own HTTP client.
 *
 * A refusal is thrown as an error with the API's `code`, such as `NOT_FOUND`, and for `VALIDATION_ERROR` with its
 * `details.fields[].field`, like the client's SaysoError. Any other error counts as temporary. `portOf` makes a port of
 * a client.
 */
export interface Port {
  /**
   * `GET /api/v1/events`. `after` is a cursor, or {@link HEAD}: no events, and the cursor after the newest one. Oldest
   * first. `next_cursor` is always given. `wait` is in seconds.
   */
  listEvents: (query: {
    after: string;
    types?: readonly string[];
    limit?: number;
    wait?: number;
  }) => Promise<EventPage>;
  /**
   * `GET /api/v1/events?last=<limit>`: the newest events, oldest first, and the cursor after them, both of one moment.
   * Without it a first poll gives no samples.
   */
  recentEvents?: (query: { types?: readonly string[]; limit: number }) => Promise<EventPage>;
  /** `POST /api/v1/subscriptions`: repeating it gives the same id and secret. */
  createSubscription: (wish: SubscriptionBody) => Promise<Subscription & { secret: string }>;
  /** `GET /api/v1/subscriptions/{id}` */
  getSubscription: (id: string) => Promise<Subscription>;
  /** `DELETE /api/v1/subscriptions/{id}` */
  deleteSubscription: (id: string) => Promise<unknown>;
  /** `GET /api/v1/approvals/{id}` */
  getRequest: (id: string) => Promise<ReadRequest>;
}

/** A value for `after` in place of a cursor: from now on. */
export const HEAD = "latest";

export interface EventPage {
  data: readonly unknown[];
  next_cursor: string;
  has_more: boolean;
}

/** A filter of events by fields of their request. A field that is missing or empty doesn't restrict. */
export interface EventFilter {
  priority?: readonly string[];
  action_type?: readonly string[];
  source?: readonly string[];
  status?: readonly string[];
}

export interface SubscriptionBody {
  target_url: string;
  event_types: string[];
  filter?: EventFilter;
  description?: string;
}

export interface Subscription {
  id: string;
  /** Set when the server has ended the subscription. */
  disabled_at?: string | null;
}

/** A request as `GET /api/v1/approvals/{id}` shows it, limited to the fields from which a decision is read. */
export interface ReadRequest extends Partial<
  Pick<
    Approval,
    | "title"
    | "source_id"
    | "is_log"
    | "decided_at"
    | "decided_by"
    | "decided_by_full_name"
    | "decided_by_name"
    | "decided_via"
    | "decided_via_connection_name"
    | "decision_comment"
  >
> {
  id: string;
  status: string;
  /**
   * The reason for which the request ended: `emergency_stop` distinguishes a stop from a cancellation. A later server
   * can send other reasons.
   */
  decision_reason?: string | null;
}

/** A message that the platform should show or log. Nothing was lost because of it unless it says so. */
export interface Warning {
  code:
    | "history_changed"
    | "state_unreadable"
    | "interrupted"
    | "malformed_event"
    | "old_subscription_remains";
  message: string;
}

/** Returns the API's code for a refusal that was thrown; null for any other error. */
export const refusalCode = (error: unknown): string | null =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : null;

/** Returns true if the API refused a field of this name. */
export function refusesField(error: unknown, field: string): boolean {
  if (refusalCode(error) !== "VALIDATION_ERROR") return false;
  const details = isObject(error) ? error.details : undefined;
  const fields = isObject(details) ? details.fields : undefined;
  return (
    Array.isArray(fields) && fields.some((one: unknown) => isObject(one) && one.field === field)
  );
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
