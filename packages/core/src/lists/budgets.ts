/**
 * The limit, in bytes, for the long fields (metadata, bodies) of all items of a page. Beyond it, items are left for the
 * next page, or name the field that they lack (docs/decisions/0024-budgets.md).
 */
export const PAGE_BYTES_MAX = 2 * 1024 * 1024;

/** The length up to which metadata are never left out. 100 requests with so much have 400 kB. */
export const SMALL_METADATA_BYTES = 4096;

/**
 * Returns SQL for the length, in bytes, of a JSON column's text. A value that is stored uncompressed has its length in
 * the storage; any other is unpacked to measure it.
 */
export const lengthOf = (column: string): string =>
  `coalesce(case when pg_column_compression(${column}) is null then pg_column_size(${column})
    else octet_length(${column}::text) end, 0)`;

/** The number of items in the first part, when nothing is known about their length. */
const FIRST_READ = 10;
const GROWTH = 3;

/**
 * Reads a list part by part until it has `limit` items, or as many bytes as a page can hold. So a caller who asks for
 * many long items never makes the database or this process hold all of them. While items are short, each part holds up
 * to three times as many as the one before. The list must be able to go on after any item.
 *
 * @param read reads the part after a place, and returns it with its length in bytes; `next` null: there is no more, or
 *   the caller should look again by itself
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
    // If a part isn't full, the search looked through many entries for few items.
    if (next === null || count >= limit || part.items.length < asked || bytes >= PAGE_BYTES_MAX)
      return parts;
    place = next;
    const fitting = Math.floor(((PAGE_BYTES_MAX - bytes) * count) / Math.max(1, bytes));
    wanted = Math.max(1, Math.min(asked * GROWTH, fitting));
  }
}
