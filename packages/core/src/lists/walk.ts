import type { PoolClient } from "pg";

/** Where a reader of a list stands: just after one item, in the order in which it was read. */
export interface Place {
  /** Of the last item that was read. */
  createdAt: Date;
  id: string;
  /** Whether the list was read oldest first. */
  isAscending: boolean;
}

/** How to go on through a list that is sorted by `created_at, id`. */
export interface Walk {
  /** Null: from the beginning. */
  from: Place | null;
  /** Oldest first; default newest first. Against the order in which `from` was reached: back the way it came. */
  isAscending: boolean;
  /** 1–100 */
  limit: number;
}

export interface WalkedPage<Item> {
  items: Item[];
  /** Null: there is nothing more this way. */
  next: Place | null;
}

/**
 * The SQL of a walk: a condition on `created_at, id`, an order, and the values of the parameters from `$first` on. It
 * reads one item more than the limit, which tells whether there is more.
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

/** Whoever turns round begins with the item that they read last. */
function comparisonOf({ from, isAscending }: Walk): string {
  const isTurned = from !== null && from.isAscending !== isAscending;
  return `${isAscending ? ">" : "<"}${isTurned ? "=" : ""}`;
}

/** One item of a walk, by which it goes on. */
export interface WalkedRow {
  id: string;
  createdAt: Date;
}

/** The same walk through the requests that the transaction's viewer sees, where these are not all. */
export function walkSeen(
  db: PoolClient,
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
 * The page that a walk read, and where it goes on.
 *
 * @param fitting how many items one page may hold; default: as many as were asked for
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
