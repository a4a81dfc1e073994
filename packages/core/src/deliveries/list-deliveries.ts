import type { Transaction } from "../transactions/transaction.ts";
import { PAGE_BYTES_MAX } from "../lists/budgets.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { isShownWhole, SHORTENED } from "./address.ts";

export const deliveryStatuses = ["pending", "delivered", "failed", "gone"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** One attempt to deliver, as it is kept. */
export interface DeliveryAttempt {
  /** The number, from 1, and from 1 again after a replay. */
  attempt: number;
  startedAt: Date;
  durationMs: number;
  /** The answer's status. Null: no answer came. */
  statusCode: number | null;
  error: string | null;
  /** At most 4 kB of the answer's body. */
  responseBody: string | null;
  /**
   * The headers by their names, as sent, with the values of the asker's own headers hidden. Null: nothing was sent, or
   * the attempt is older than this field.
   */
  requestHeaders: Record<string, string> | null;
  /** The answer's headers. Null: no answer came, or the attempt is older than this field. */
  responseHeaders: Record<string, string> | null;
}

/** A callback, webhook or applier call, and its outcome. */
export interface Delivery {
  /** The id, which is also the webhook-id. */
  id: string;
  connectionId: string | null;
  /** The subscription. Null: it is a request's callback. */
  subscriptionId: string | null;
  /** The request. Null: it is about no request. */
  requestId: string | null;
  eventId: string;
  eventType: string;
  url: string;
  body: string;
  status: DeliveryStatus;
  /** The time of the next attempt while it is pending; the end of the lease while an attempt is under way. */
  nextAttemptAt: Date | null;
  lastStatusCode: number | null;
  lastError: string | null;
  /** The time of the last 2xx. It stays when a replay fails. */
  deliveredAt: Date | null;
  createdAt: Date;
  /** The attempts, oldest first. */
  attempts: DeliveryAttempt[];
}

export interface DeliveryFilter {
  status?: DeliveryStatus;
  requestId?: string;
}

/** A delivery as the actor may see it. If `isWhole` is false, its address is shortened and its answers are null. */
export type Shown<Of> = Of & { isWhole: boolean };

/** A delivery as a list shows it. */
export type ListedDelivery = Shown<Omit<Delivery, "body">>;

export interface DeliveryPage {
  deliveries: ListedDelivery[];
  /** The number that match: exact up to 10,000, where counting ends. */
  total: number;
  hasMore: boolean;
}

const COUNTED_MAX = 10_000;
const ATTEMPTS_MAX = 50;
/** The number of deliveries among which a viewer who doesn't see every request is shown theirs. */
const SEEN_AMONG = 20_000;
/** The text in place of a receiver's answer where the page is full. */
const LEFT_OUT = "(left out: this page is too long; read the delivery by itself)";

/**
 * Lists the delivery log, newest first, each delivery with its last 50 attempts. A machine sees the callbacks of its
 * own requests and the webhooks of its own subscriptions. People see all deliveries about requests that they see; a
 * person who doesn't see every request sees those among the newest 20,000. Members see deliveries that aren't theirs
 * shortened.
 *
 * @param page from 1
 * @param pageSize 1–100
 */
export function listDeliveries(
  context: Context<InOrganization>,
  filter: DeliveryFilter,
  page: number,
  pageSize: number,
): Promise<DeliveryPage> {
  const { actor } = context;
  const values = [context.organizationId];
  const where = (condition: (place: string) => string, value: string | undefined): string[] =>
    value === undefined ? [] : [condition(`$${values.push(value)}`)];
  const conditions = [
    "organization_id = $1",
    ...where((status) => `status = ${status}`, filter.status),
    ...where(ofRequest, filter.requestId),
    ...where(
      (id) => `connection_id = ${id}`,
      actor.kind === "connection" ? actor.connectionId : undefined,
    ),
  ].join(" and ");
  const offset = (page - 1) * pageSize;
  const shownValues = [...values];
  const isWhole = isShownWhole(actor, (value) => `$${shownValues.push(value)}`);
  return inOrganization(context, async (db, seesEvery) => {
    const isNear = seesEvery || filter.requestId !== undefined || actor.kind === "connection";
    const of = isNear ? conditions : `${conditions} and ${amongNewest("null", "null", SEEN_AMONG)}`;
    const counted = await db.query<{ total: number }>(
      `select count(*) as total from (select from deliveries where ${of} limit ${COUNTED_MAX}) counted`,
      values,
    );
    const { rows } = await db.query<Omit<ListedDelivery, "attempts">>(
      `select ${deliveryColumnsWithoutBody(isWhole)} from deliveries where ${of}
       order by created_at desc, id desc limit $${shownValues.length + 1} offset $${shownValues.length + 2}`,
      [...shownValues, pageSize + 1, offset],
    );
    return {
      deliveries: await withAttempts(db, rows.slice(0, pageSize)),
      total: counted.rows[0]?.total ?? 0,
      hasMore: rows.length > pageSize,
    };
  });
}

/**
 * Returns a condition that limits a search for a viewer who doesn't see every request. It admits the `count` deliveries
 * before a place, whether the viewer sees them or not.
 */
export const amongNewest = (before: string, beforeId: string, count: number): string =>
  `created_at >= coalesce((select deliveries_reach_back_to(${before}, ${beforeId}, ${count})), '-infinity')`;

/**
 * Returns a condition for the deliveries of a request. Callbacks, webhooks and calls of appliers have an index each.
 */
export const ofRequest = (id: string): string =>
  `(request_id = ${id} and subscription_id is null and entity_type_id is null
    or request_id = ${id} and subscription_id is not null or request_id = ${id} and entity_type_id is not null)`;

/**
 * Returns the select list of a {@link Shown} {@link Delivery} without its attempts and its body.
 *
 * @param isWhole the condition that `isShownWhole` returns
 */
export const deliveryColumnsWithoutBody = (isWhole: string): string => `
  id, connection_id as "connectionId", subscription_id as "subscriptionId", request_id as "requestId", event_id as "eventId", event_type as "eventType",
  case when ${isWhole} then url else origin || '${SHORTENED}' end as url, ${isWhole} as "isWhole", status,
  case when status = 'pending' then next_attempt_at end as "nextAttemptAt",
  last_status_code as "lastStatusCode", last_error as "lastError", delivered_at as "deliveredAt",
  created_at as "createdAt"`;

/** Returns the select list of a {@link Shown} {@link Delivery} without its attempts. */
export const deliveryColumns = (isWhole: string): string =>
  `${deliveryColumnsWithoutBody(isWhole)}, body`;

/**
 * Adds the attempts to deliveries, within the organization's transaction. Together they hold 2 MB of answers and sent
 * headers, counted from the first delivery's newest attempt. A delivery that isn't shown in full has none of these.
 */
export async function withAttempts<Of extends Shown<{ id: string }>>(
  db: Transaction,
  deliveries: readonly Of[],
): Promise<(Of & Pick<Delivery, "attempts">)[]> {
  const { rows } = await db.query<DeliveryAttempt & { deliveryId: string }>(
    `select a.delivery_id as "deliveryId", a.attempt, a.started_at as "startedAt", a.duration_ms as "durationMs",
       a.status_code as "statusCode", a.error,
       case when a.total <= $2 then a.response_body when a.response_body is not null then '${LEFT_OUT}' end as "responseBody",
       case when a.total <= $2 then a.request_headers end as "requestHeaders",
       case when a.total <= $2 then a.response_headers end as "responseHeaders"
     from (
       select latest.*, sum(coalesce(octet_length(response_body), 0) + coalesce(pg_column_size(request_headers), 0)
         + coalesce(pg_column_size(response_headers), 0)) over (order by wanted.place, latest.id desc) as total
       from unnest($1::uuid[]) with ordinality as wanted (id, place), lateral (
         select * from delivery_attempts a where a.delivery_id = wanted.id order by a.id desc limit ${ATTEMPTS_MAX}
       ) latest) a
     order by a.id`,
    [deliveries.map((delivery) => delivery.id), PAGE_BYTES_MAX],
  );
  const attempts = Map.groupBy(rows, (row) => row.deliveryId);
  return deliveries.map((delivery) => ({
    ...delivery,
    attempts: (attempts.get(delivery.id) ?? []).map(({ deliveryId: _, ...attempt }) =>
      delivery.isWhole
        ? attempt
        : { ...attempt, responseBody: null, requestHeaders: null, responseHeaders: null },
    ),
  }));
}
