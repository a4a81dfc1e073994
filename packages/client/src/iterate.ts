import { isObject } from "./is-object.ts";
import type { Operations } from "./types.generated.ts";

type Result<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;
type Input<Name extends keyof Operations> = NonNullable<Parameters<Operations[Name]>[0]>;

/** The operations that answer with a list. */
export type ListOperation = {
  [Name in keyof Operations]: Result<Name> extends { data: unknown[] } ? Name : never;
}[keyof Operations];

/** An item of such a list. */
export type ItemOf<Name extends ListOperation> =
  Result<Name> extends { data: (infer Item)[] } ? Item : never;

/** The input of a list, without the fields that the iteration sets itself. */
export type ListInput<Name extends ListOperation> = Omit<Input<Name>, "page" | "wait">;

/** A page of a list, by its number or with a cursor to the next one. */
export interface Page<Item> {
  data: Item[];
  pagination?: { page: number; total_pages: number };
  next_cursor?: string;
  has_more?: boolean;
}

/**
 * Iterates over all items of a list, page after page. Items that are added meanwhile shift later pages, so an item that
 * comes again is left out. Items that leave the list meanwhile shift pages the other way, so some can be missed:
 * collect all items first, and then change the values that a filter depends on.
 *
 * @param readPage returns the page at a position; the first one at `{}`
 */
export async function* iterate<Item>(
  readPage: (position: { page?: number; after?: string }) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  const seen = new Set<unknown>();
  let position = {};
  for (;;) {
    const answer = await readPage(position);
    for (const item of answer.data) {
      const id = isObject(item) ? item.id : undefined;
      if (id !== undefined && seen.has(id)) continue;
      if (id !== undefined && answer.pagination) seen.add(id);
      yield item;
    }
    const { pagination, next_cursor: after, has_more: hasMore } = answer;
    if (pagination && pagination.page < pagination.total_pages)
      position = { page: pagination.page + 1 };
    else if (hasMore && after !== undefined) position = { after };
    else return;
  }
}
