import { lastItem } from "../lists/last-item.ts";
import { onlyRow } from "@sayso/database";
import type { Pool } from "pg";
import type { DecisionReason, RequestStatus } from "../requests/values.ts";
import type { Priority } from "../priority.ts";
import { PAGE_BYTES_MAX, readWithinBudget } from "../lists/budgets.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { viewerValues, type Viewer } from "../actors/viewer.ts";
import { beginning, encodeCursor, unknownCursor, type FeedPlace } from "./event-cursor.ts";

/**
 * An event as the feed, the stream and a webhook's body show it. describe_events (packages/database/sql/functions/feed)
 * makes it. Times are ISO 8601 in UTC. It holds no secret.
 */
export interface EventItem {
  id: string;
  /** The type, such as `approval.created`. */
  type: string;
  /** The number within the request, from 1. 0: the event is about no request. */
  sequence: number;
  created_at: string;
  organization_id: string;
  request_id: string | null;
  actor: { kind: "person" | "connection" | "system"; id: string | null; name: string | null };
  data: Record<string, unknown>;
  /** The request as it is now, but undecided in events before its decision. Null: the event is about no request. */
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
  /** The cursor of the place after it. */
  cursor: string;
  event: EventItem;
  /** Says whether everybody in the organization saw every request when this was read. */
  isOpen: boolean;
  /** The event as text, made once for all receivers. */
  readonly json: string;
}

/** A query for a part of the feed. */
export interface FeedQuery {
  organizationId: string;
  /** The place after which to read. Null: the feed's end, and no events. */
  after: FeedPlace | null;
  /** The types, or families such as `approval.*`. Null: all. */
  types: readonly string[] | null;
  /** Says whether events are included that only admins see. */
  seesAll: boolean;
  /** The viewer: only events about requests that they see. Null: all. */
  viewer: Viewer | null;
  limit: number;
}

/** A part of the feed. */
export interface FeedPart {
  entries: FeedEntry[];
  /** The place to go on from. It lies beyond the last entry where other events were skipped. */
  reached: FeedPlace;
  hasMore: boolean;
}

/** The largest number of events that one call looks at for those of a rare type. */
const SCANNED_MAX = 5000;

/**
 * Returns the events after a place, oldest first; a few of them take one round trip. If events are long, it stops at 2
 * MB and returns fewer than `limit`.
 *
 * @throws DomainError `validation_failed`: no place of this history; `unavailable`
 */
export async function readFeed(app: Pool, query: FeedQuery): Promise<FeedPart> {
  const parts = await readWithinBudget(query.after, query.limit, async (after, limit) => {
    const { part, bytes } = await readPart(app, { ...query, after, limit });
    return {
      part: { ...part, items: part.entries },
      bytes,
      next: part.hasMore ? part.reached : null,
    };
  });
  const { reached, hasMore } = lastItem(parts);
  return { entries: parts.flatMap(({ entries }) => entries), reached, hasMore };
}

async function readPart(app: Pool, query: FeedQuery): Promise<{ part: FeedPart; bytes: number }> {
  const { rows } = await withRetries(() =>
    app.query<Row>({
      name: "read_feed",
      text: `select is_known, reached, mark, head, items, octet_length(items::text) as bytes,
               (select requests_are_open()) as "isOpen"
             from enter_organization($1, $8, $9) o, read_feed(o.organization_id, $2, $3, $4, $5, $6, $7)`,
      values: [
        query.organizationId,
        query.after?.position ?? null,
        query.after?.mark ?? null,
        query.types,
        query.seesAll,
        query.limit,
        SCANNED_MAX,
        ...viewerValues(query.viewer),
      ],
    }),
  );
  const { is_known: isKnown, reached, mark, head, items, bytes, isOpen } = onlyRow(rows);
  if (!isKnown) throw unknownCursor();
  return {
    part: {
      entries: (items ?? []).map((item) => toEntry(item, isOpen)),
      reached: { position: reached, mark: mark ?? query.after?.mark ?? beginning.mark },
      hasMore: reached < head,
    },
    bytes: bytes ?? 0,
  };
}

/** The largest number of newest events that one call looks at for those of a rare type. */
const NEWEST_SCANNED_MAX = 20_000;

/** The number that is read first, at any length. It doubles as long as the events are short. */
const NEWEST_AT_FIRST = 5;

/**
 * Returns the newest events, oldest first, and the feed's end. All of them are before that end, and events that are
 * read after it follow them without a gap. It returns fewer events than `limit` if they are long.
 *
 * @throws DomainError `unavailable`
 */
export async function readNewest(app: Pool, query: Omit<FeedQuery, "after">): Promise<FeedPart> {
  for (let limit = NEWEST_AT_FIRST; ; limit *= 2) {
    const asked = Math.min(limit, query.limit);
    const { part, bytes } = await readNewestPart(app, { ...query, limit: asked });
    const isLong = bytes * 2 > PAGE_BYTES_MAX;
    if (asked === query.limit || part.entries.length < asked || isLong) return part;
  }
}

async function readNewestPart(
  app: Pool,
  { organizationId, types, seesAll, viewer, limit }: Omit<FeedQuery, "after">,
): Promise<{ part: FeedPart; bytes: number }> {
  const { rows } = await withRetries(() =>
    app.query<Omit<Row, "is_known" | "reached">>({
      name: "read_newest_events",
      text: `select head, mark, items, octet_length(items::text) as bytes, (select requests_are_open()) as "isOpen"
             from enter_organization($1, $6, $7) o, read_newest_events(o.organization_id, $2, $3, $4, $5)`,
      values: [organizationId, types, seesAll, limit, NEWEST_SCANNED_MAX, ...viewerValues(viewer)],
    }),
  );
  const { head, mark, items, bytes, isOpen } = onlyRow(rows);
  return {
    part: {
      entries: (items ?? []).map((item) => toEntry(item, isOpen)),
      reached: { position: head, mark: mark ?? beginning.mark },
      hasMore: false,
    },
    bytes: bytes ?? 0,
  };
}

interface Row {
  is_known: boolean;
  reached: number;
  mark: Buffer | null;
  head: number;
  isOpen: boolean;
  items: [position: number, mark: string, event: EventItem][] | null;
  bytes: number | null;
}

function toEntry([position, mark, event]: [number, string, EventItem], isOpen: boolean): FeedEntry {
  const place = { position, mark: Buffer.from(mark, "hex") };
  let json: string | undefined;
  return {
    place,
    cursor: encodeCursor(place),
    event,
    isOpen,
    get json() {
      return (json ??= JSON.stringify(event));
    },
  };
}
