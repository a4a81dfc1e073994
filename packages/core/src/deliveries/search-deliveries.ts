import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { isShownWhole } from "./address.ts";
import {
  amongNewest,
  deliveryColumnsWithoutBody,
  type Delivery,
  type DeliveryStatus,
  type Shown,
} from "./list-deliveries.ts";

export interface DeliverySearch {
  status?: DeliveryStatus;
  connectionId?: string;
  subscriptionId?: string;
  eventType?: string;
  /** A part of the address as it is shown, in any case. */
  target?: string;
  createdAfter?: Date;
}

/** The last delivery that a search looked at. */
export interface DeliveryCursor {
  createdAt: Date;
  id: string;
}

export interface FoundDelivery extends Shown<Omit<Delivery, "attempts" | "body">> {
  connectionName: string | null;
  /** The number of attempts, since the last replay if there was one. */
  attempts: number;
}

export interface FoundDeliveries {
  deliveries: FoundDelivery[];
  /**
   * The place to go on after. Null: there are no more. If it is not null, the page can still hold fewer than the limit,
   * or none.
   */
  next: DeliveryCursor | null;
}

/**
 * The number of deliveries that one search looks at: the upper limit of its cost, also for a filter that hardly any
 * pass.
 */
const LOOKED_AT_MAX = 5000;

/**
 * Searches deliveries that pass the filter, newest first. Each call looks at 5,000 at most, so a caller that wants more
 * goes on after the cursor, also where the page was empty. A machine sees its own, people all of their organization,
 * and those that aren't theirs shortened.
 *
 * @param limit 1–100
 */
export function searchDeliveries(
  context: Context<InOrganization>,
  search: DeliverySearch,
  after: DeliveryCursor | null,
  limit: number,
): Promise<FoundDeliveries> {
  const range = rangeOf(context, search, after);
  const conditions = conditionsOf(context, search, range.values.length + 1);
  const looked = `from deliveries where ${range.sql} order by created_at desc, id desc`;
  return inOrganization(
    context,
    async (db, seesEvery) => {
      if (!seesEvery && context.actor.kind === "person")
        return searchAmongSeen(db, range, conditions, after, limit);
      // The inner limit bounds the search. Its rows come in order, so the query ends as soon as the page is full.
      const { rows } = await db.query<FoundDelivery>(
        `select ${conditions.columns} from (select * ${looked} limit ${LOOKED_AT_MAX}) looked_at
       where ${conditions.sql} order by created_at desc, id desc limit ${limit + 1}`,
        [...range.values, ...conditions.values],
      );
      const deliveries = rows.slice(0, limit);
      const last = deliveries.at(-1);
      if (rows.length > limit && last)
        return { deliveries, next: { createdAt: last.createdAt, id: last.id } };
      const furthest = await db.query<DeliveryCursor>(
        `select created_at as "createdAt", id ${looked} offset ${LOOKED_AT_MAX - 1} limit 1`,
        range.values,
      );
      return { deliveries, next: furthest.rows[0] ?? null };
    },
    { oneSnapshot: true },
  );
}

/** Searches for a person who doesn't see every request: the ones that they see among the next 5,000. */
async function searchAmongSeen(
  db: Transaction,
  range: Condition,
  conditions: Condition & { columns: string },
  after: DeliveryCursor | null,
  limit: number,
): Promise<FoundDeliveries> {
  const values = [...range.values, ...conditions.values];
  const [before, beforeId] = [`$${values.length + 1}::timestamptz`, `$${values.length + 2}::uuid`];
  const { rows } = await db.query<FoundDelivery>(
    `select ${conditions.columns} from deliveries
     where ${range.sql} and ${conditions.sql} and ${amongNewest(before, beforeId, LOOKED_AT_MAX)}
     order by created_at desc, id desc limit ${limit + 1}`,
    [...values, after?.createdAt ?? null, after?.id ?? null],
  );
  const deliveries = rows.slice(0, limit);
  const last = deliveries.at(-1);
  if (rows.length > limit && last)
    return { deliveries, next: { createdAt: last.createdAt, id: last.id } };
  const { rows: reached } = await db.query<{ at: Date | null }>(
    "select deliveries_reach_back_to($1, $2, $3) as at",
    [after?.createdAt ?? null, after?.id ?? null, LOOKED_AT_MAX],
  );
  const at = reached[0]?.at;
  // Every delivery of that moment was looked at, with any id.
  return { deliveries, next: at ? { createdAt: at, id: NO_ID } : null };
}

const NO_ID = "00000000-0000-0000-0000-000000000000";

interface Condition {
  sql: string;
  values: unknown[];
}

/** Returns the conditions that an index can use. */
function rangeOf(
  { organizationId }: Context,
  { status, createdAfter }: DeliverySearch,
  after: DeliveryCursor | null,
): Condition {
  return joinConditions(1, [
    ["organization_id = ?", organizationId],
    ["status = ?", status],
    ["created_at >= ?", createdAfter],
    ["(created_at, id) < (?::timestamptz, ?::uuid)", after?.createdAt, after?.id],
  ]);
}

/** Returns the conditions that are checked row by row, and the select list. */
function conditionsOf(
  { actor }: Context,
  { connectionId, subscriptionId, eventType, target }: DeliverySearch,
  first: number,
): Condition & { columns: string } {
  const bound: string[] = [];
  const isWhole = isShownWhole(actor, (value) => `$${first - 1 + bound.push(value)}`);
  const { sql, values } = joinConditions(first + bound.length, [
    ["connection_id = ?", actor.kind === "connection" ? actor.connectionId : undefined],
    ["connection_id = ?", connectionId],
    ["subscription_id = ?", subscriptionId],
    ["event_type = ?", eventType],
    [`strpos(lower(case when ${isWhole} then url else origin end), lower(?)) > 0`, target],
  ]);
  const columns = `${deliveryColumnsWithoutBody(isWhole)}, attempts,
    (select c.name from connections c where c.id = connection_id) as "connectionName"`;
  return { sql, values: [...bound, ...values], columns };
}

/**
 * Joins the conditions that have all their values, with each ? as a parameter.
 *
 * @param first the number of the first parameter
 */
function joinConditions(first: number, given: [sql: string, ...values: unknown[]][]): Condition {
  const values: unknown[] = [];
  const parts = given
    .filter(([, ...of]) => of.every((value) => value !== undefined))
    .map(([sql, ...of]) =>
      [...of].reduce<string>(
        (text, value) => text.replace("?", `$${first - 1 + values.push(value)}`),
        sql,
      ),
    );
  return { sql: ["true", ...parts].join(" and "), values };
}
