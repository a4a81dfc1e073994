import type { PoolClient } from "pg";
import { PAGE_BYTES_MAX } from "../lists/budgets.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { isShownWhole, SHORTENED } from "./address.ts";

export const deliveryStatuses = ["pending", "delivered", "failed", "gone"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** One attempt to deliver, as it is kept. */
export interface DeliveryAttempt {
  /** Counts from 1, and from 1 again after a replay. */
  attempt: number;
  startedAt: Date;
  durationMs: number;
  /** null: no answer came */
  statusCode: number | null;
  error: string | null;
  /** At most 4 kB */
  responseBody: string | null;
  /**
   * By their names, as sent; what the caller of the request had wanted sent along is hidden. null: nothing was sent, or
   * it was before these were kept
   */
  requestHeaders: Record<string, string> | null;
  /** null: no answer came, or it was before these were kept */
  responseHeaders: Record<string, string> | null;
}

/** A callback, or an event for a subscription, and what became of it. */
export interface Delivery {
  /** Also the webhook-id. */
  id: string;
  connectionId: string | null;
  /** null: a request's callback */
  subscriptionId: string | null;
  /** null: about no request */
  requestId: string | null;
  eventId: string;
  eventType: string;
  url: string;
  body: string;
  status: DeliveryStatus;
  /** While pending: when it is tried (again); under way, when its lease ends. */
  nextAttemptAt: Date | null;
  lastStatusCode: number | null;
  lastError: string | null;
  /** Of the last 2xx; stays when a replay fails. */
  deliveredAt: Date | null;
  createdAt: Date;
  /** Oldest first. */
  attempts: DeliveryAttempt[];
}

export interface DeliveryFilter {
  status?: DeliveryStatus;
  requestId?: string;
}

/** A delivery as the actor may see it. Where it is not whole, its address is shortened and its answers are null. */
export type Shown<Of> = Of & { isWhole: boolean };

/** As a list tells it. */
export type ListedDelivery = Shown<Omit<Delivery, "body">>;

export interface DeliveryPage {
  deliveries: ListedDelivery[];
  /** Exact up to 10,000, where counting ends. */
  total: number;
  hasMore: boolean;
}

const COUNTED_MAX = 10_000;
const ATTEMPTS_MAX = 50;
/** Who doesn't see every request is shown what they see of so many. */
const SEEN_AMONG = 20_000;
/** In place of what a receiver answered, where a page holds enough already. */
const LEFT_OUT = "(left out: this page is too long; read the delivery by itself)";

/**
 * The delivery log, newest first, each with its last 50 attempts. A machine sees the callbacks of its own requests
 * and what its own subscriptions were told, people all that concerns requests that they see: who doesn't see every request,
 * of the newest 20,000. What isn't theirs, members see shortened.
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
 * A condition that bounds how many deliveries are looked at for those about requests that somebody sees who doesn't see
 * every request: so many before a place, seen or not.
 */
export const amongNewest = (before: string, beforeId: string, count: number): string =>
  `created_at >= coalesce((select deliveries_reach_back_to(${before}, ${beforeId}, ${count})), '-infinity')`;

/** The deliveries of a request as a condition: callbacks, what subscriptions are told and calls of appliers have an index each. */
export const ofRequest = (id: string): string =>
  `(request_id = ${id} and subscription_id is null and entity_type_id is null
    or request_id = ${id} and subscription_id is not null or request_id = ${id} and entity_type_id is not null)`;

/**
 * The select list of a {@link Shown} {@link Delivery} without its attempts and its body.
 *
 * @param isWhole as `isShownWhole` says it
 */
export const deliveryColumnsWithoutBody = (isWhole: string): string => `
  id, connection_id as "connectionId", subscription_id as "subscriptionId", request_id as "requestId", event_id as "eventId", event_type as "eventType",
  case when ${isWhole} then url else origin || '${SHORTENED}' end as url, ${isWhole} as "isWhole", status,
  case when status = 'pending' then next_attempt_at end as "nextAttemptAt",
  last_status_code as "lastStatusCode", last_error as "lastError", delivered_at as "deliveredAt",
  created_at as "createdAt"`;

/** The select list of a {@link Shown} {@link Delivery} without its attempts. */
export const deliveryColumns = (isWhole: string): string =>
  `${deliveryColumnsWithoutBody(isWhole)}, body`;

/**
 * The deliveries with their attempts, within the organization's transaction. Of what receivers answered and what was sent
 * as headers they hold 2 MB together, from the first delivery's newest attempt on. Of a delivery that isn't shown whole, they tell
 * none of it.
 */
export async function withAttempts<Of extends Shown<{ id: string }>>(
  db: PoolClient,
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
