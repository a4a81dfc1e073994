/**
 * What a page of a list may hold of what its items can be long in (metadata, bodies), in bytes; beyond it items are left
 * for the next page, or say what they lack (docs/decisions/0024-budgets.md).
 */
export const PAGE_BYTES_MAX = 2 * 1024 * 1024;

/** Metadata that is no longer than this is never left out: 100 of them are 400 kB. */
export const SMALL_METADATA_BYTES = 4096;

/** SQL for how long a JSON column's text is: what is stored as it is says so by itself, the rest is unpacked for it. */
export const lengthOf = (column: string): string =>
  `coalesce(case when pg_column_compression(${column}) is null then pg_column_size(${column})
    else octet_length(${column}::text) end, 0)`;

/** How many items are read at first where nobody knows how long they are. */
const FIRST_READ = 10;
const GROWTH = 3;

/**
 * Reads a list that goes on after any item, part by part, until it has `limit` items or a page's bytes: so nobody who
 * asks for many long ones makes the database or this process hold all of them. Each part may hold three times as many as
 * the one before as long as they are short.
 *
 * @param read the part after a place, and how many bytes it holds; `next` null: there is no more, or the caller should
 *   look again by itself
 */
export async function readWithinBudget<Part extends { items: readonly unknown[] }, Place>(
  from: Place,
  limit: number,
  read: (from: Place, limit: number) => Promise<{ part: Part; bytes: number; next: Place | null }>,
): Promise<Part[]> {
  const parts: Part[] = [];
  let [place, count, bytes, wanted] = [from, 0, 0, FIRST_READ];
  for (;;) {
    const asked = Math.min(limit - count, wanted);
    const { part, bytes: more, next } = await read(place, asked);
    parts.push(part);
    count += part.items.length;
    bytes += more;
    // A part that isn't full means that much was looked through for little.
    if (next === null || count >= limit || part.items.length < asked || bytes >= PAGE_BYTES_MAX)
      return parts;
    place = next;
    const fitting = Math.floor(((PAGE_BYTES_MAX - bytes) * count) / Math.max(1, bytes));
    wanted = Math.max(1, Math.min(asked * GROWTH, fitting));
  }
}
