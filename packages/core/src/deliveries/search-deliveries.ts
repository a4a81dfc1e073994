import type { PoolClient } from "pg";
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
  /** Part of the address as it is shown; case doesn't matter. */
  target?: string;
  createdAfter?: Date;
}

/** The last delivery that was looked at. */
export interface DeliveryCursor {
  createdAt: Date;
  id: string;
}

export interface FoundDelivery extends Shown<Omit<Delivery, "attempts" | "body">> {
  connectionName: string | null;
  /** How many attempts were made, since a replay if there was one. */
  attempts: number;
}

export interface FoundDeliveries {
  deliveries: FoundDelivery[];
  /** Null: there are no more. Where it is not, the page may hold fewer than the limit, or none. */
  next: DeliveryCursor | null;
}

/** How many deliveries one search looks at: a filter that hardly any passes costs no more than this. */
const LOOKED_AT_MAX = 5000;

/**
 * Deliveries that pass the filter, newest first. Each call looks at 5,000 at most, so whoever wants more goes on after
 * the cursor, also where the page was empty. A machine sees its own, people all of their organization, what isn't theirs shortened.
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
      // The inner limit bounds the search; what comes out of it is in order, so it ends as soon as the page is full.
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

/** The same for a person who doesn't see every request: what they see of the next 5,000. */
async function searchAmongSeen(
  db: PoolClient,
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
  // All of that moment was looked at, whichever its id.
  return { deliveries, next: at ? { createdAt: at, id: NO_ID } : null };
}

const NO_ID = "00000000-0000-0000-0000-000000000000";

interface Condition {
  sql: string;
  values: unknown[];
}

/** What an index narrows down. */
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

/** What is looked at one by one, and what is told of those that pass. */
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
 * Those whose values are there, with each ? as a parameter.
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
