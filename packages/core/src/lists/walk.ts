import type { Transaction } from "../transactions/transaction.ts";

/** A reader's place in a list: just after one item, in the order in which the list was read. */
export interface Place {
  /** The time of the last item that was read. */
  createdAt: Date;
  id: string;
  /** True: the list was read oldest first. */
  isAscending: boolean;
}

/** The next step through a list that is sorted by `created_at, id`. */
export interface Walk {
  /** The place to go on from. null: the beginning. */
  from: Place | null;
  /** True: oldest first; false: newest first. If it differs from `from.isAscending`, the walk goes back. */
  isAscending: boolean;
  /** The number of items on a page, 1–100. */
  limit: number;
}

export interface WalkedPage<Item> {
  items: Item[];
  /** The place after the last item. null: there is nothing more in this direction. */
  next: Place | null;
}

/**
 * Returns the SQL of a walk: a condition on `created_at, id`, an order with a limit, and the values of the parameters
 * from `$first` on. It reads one item more than the limit, which shows that there is more.
 */
export function walkSql(walk: Walk, first: number) {
  const { from, isAscending, limit } = walk;
  const comparison = comparisonOf(walk);
  const order = isAscending ? "asc" : "desc";
  return {
    condition: from
      ? `(created_at, id) ${comparison} ($${first + 1}::timestamptz, $${first + 2}::uuid)`
      : "true",
    tail: `order by created_at ${order}, id ${order} limit $${first}`,
    values: from ? [limit + 1, from.createdAt, from.id] : [limit + 1],
  };
}

/** Returns the operator between an item and `from`. A walk that goes back begins with the last item that was read. */
function comparisonOf({ from, isAscending }: Walk): string {
  const isTurned = from !== null && from.isAscending !== isAscending;
  return `${isAscending ? ">" : "<"}${isTurned ? "=" : ""}`;
}

/** The fields of an item that a walk needs to go on after it. */
export interface WalkedRow {
  id: string;
  createdAt: Date;
}

/** Walks through the requests that the transaction's viewer sees, when these are not all. */
export function walkSeen(
  db: Transaction,
  filter: { externalId?: string | null; flowId?: string; withoutFlow?: true },
  walk: Walk,
): Promise<{ rows: WalkedRow[] }> {
  const { from, isAscending, limit } = walk;
  return db.query<WalkedRow>(
    `select id, created_at as "createdAt" from walk_seen_requests($1, $2, $3, $4, $5, $6)`,
    [
      JSON.stringify(filter),
      from?.createdAt ?? null,
      from?.id ?? null,
      comparisonOf(walk),
      isAscending,
      limit + 1,
    ],
  );
}

/**
 * Returns the page that a walk read, with the place where the next one goes on.
 *
 * @param rows the items that were read, up to one more than the limit
 * @param fitting the number of items that one page can hold; default: the limit
 */
export function pageOf<Item extends { createdAt: Date; id: string }>(
  rows: readonly Item[],
  { isAscending, limit }: Walk,
  fitting: number = limit,
): WalkedPage<Item> {
  const items = rows.slice(0, Math.min(limit, fitting));
  const last = items.at(-1);
  const hasMore = rows.length > items.length;
  const next = hasMore && last ? { createdAt: last.createdAt, id: last.id, isAscending } : null;
  return { items, next };
}
