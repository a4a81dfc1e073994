import type { Pool } from "pg";
import type { DecisionReason, Priority, RequestStatus } from "../approvals/state.ts";
import { withRetries } from "../database-errors.ts";
import { beginning, encodeCursor, unknownCursor, type FeedPlace } from "./event-cursor.ts";

/**
 * An event as everybody is told it: by the feed, by the stream and as a webhook's body. Made by describe_events in
 * 0011_newest_events.sql; times are ISO 8601 in UTC. It holds no secret.
 */
export interface EventItem {
  id: string;
  /** `approval.created` */
  type: string;
  /** Counts from 1 within a request; 0 for what is about no request. */
  sequence: number;
  created_at: string;
  organization_id: string;
  request_id: string | null;
  actor: { kind: "person" | "connection" | "system"; id: string | null; name: string | null };
  data: Record<string, unknown>;
  /** The request as it is now, but undecided in what happened before its decision. */
  request: {
    id: string;
    title: string;
    description: string;
    status: RequestStatus;
    priority: Priority;
    action_type: string | null;
    source: string | null;
    source_id: string | null;
    source_name: string | null;
    source_url: string | null;
    metadata: Record<string, unknown> | null;
    created_by: string | null;
    connection_id: string | null;
    created_at: string;
    expires_at: string | null;
    required_approvals: number;
    decided_at: string | null;
    decided_by: { id: string; name: string | null; email: string | null } | null;
    decision_reason: DecisionReason | null;
    decision_comment: string | null;
  } | null;
}

/** An event at its place. */
export interface FeedEntry {
  place: FeedPlace;
  /** The place after it. */
  cursor: string;
  event: EventItem;
  /** The event as text, made once for all who send it on. */
  readonly json: string;
}

/** What of the feed is wanted. */
export interface FeedQuery {
  organizationId: string;
  /** null: its end, and no events */
  after: FeedPlace | null;
  /** null: any */
  types: readonly string[] | null;
  /** Also what only those see who administer the organization. */
  seesAll: boolean;
  limit: number;
}

/** A part of the feed. */
export interface FeedPart {
  entries: FeedEntry[];
  /** Where to go on: beyond the last entry where others were passed over. */
  reached: FeedPlace;
  hasMore: boolean;
}

/** How many events one call looks at, at most, for those of a rare type. */
const SCANNED_MAX = 5000;

/**
 * The events after a place, oldest first, in one round trip.
 *
 * @throws DomainError `validation_failed`: no place of this history; `unavailable`
 */
export async function readFeed(app: Pool, query: FeedQuery): Promise<FeedPart> {
  const { rows } = await withRetries(() =>
    app.query<Row>({
      name: "read_feed",
      text: "select is_known, reached, mark, head, items from read_feed($1, $2, $3, $4, $5, $6, $7)",
      values: [
        query.organizationId,
        query.after?.position ?? null,
        query.after?.mark ?? null,
        query.types,
        query.seesAll,
        query.limit,
        SCANNED_MAX,
      ],
    }),
  );
  const { is_known: isKnown, reached, mark, head, items } = rows[0]!;
  if (!isKnown) throw unknownCursor();
  return {
    entries: (items ?? []).map(toEntry),
    reached: { position: reached, mark: mark ?? query.after?.mark ?? beginning.mark },
    hasMore: reached < head,
  };
}

/** How many of the newest events one call looks at, at most, for those of a rare type. */
const NEWEST_SCANNED_MAX = 20_000;

/**
 * The newest events, oldest first, and the feed's end: all of them stand before it, and what is read after it follows
 * on them. One round trip.
 *
 * @throws DomainError `unavailable`
 */
export async function readNewest(
  app: Pool,
  { organizationId, types, seesAll, limit }: Omit<FeedQuery, "after">,
): Promise<FeedPart> {
  const { rows } = await withRetries(() =>
    app.query<Omit<Row, "is_known" | "reached">>({
      name: "read_newest_events",
      text: "select head, mark, items from read_newest_events($1, $2, $3, $4, $5)",
      values: [organizationId, types, seesAll, limit, NEWEST_SCANNED_MAX],
    }),
  );
  const { head, mark, items } = rows[0]!;
  return {
    entries: (items ?? []).map(toEntry),
    reached: { position: head, mark: mark ?? beginning.mark },
    hasMore: false,
  };
}

interface Row {
  is_known: boolean;
  reached: number;
  mark: Buffer | null;
  head: number;
  items: [position: number, mark: string, event: EventItem][] | null;
}

function toEntry([position, mark, event]: [number, string, EventItem]): FeedEntry {
  const place = { position, mark: Buffer.from(mark, "hex") };
  let json: string | undefined;
  return {
    place,
    cursor: encodeCursor(place),
    event,
    get json() {
      return (json ??= JSON.stringify(event));
    },
  };
}
