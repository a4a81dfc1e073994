import type { CallOptions } from "./options.ts";
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

interface AnyPage {
  data: unknown[];
  pagination?: { page: number; total_pages: number };
  next_cursor?: string;
  has_more?: boolean;
}

/**
 * Iterates over all items of a list, page after page. Items that are added meanwhile shift later pages, so an item that
 * comes again is left out. Items that leave the list meanwhile shift pages the other way, so some can be missed:
 * collect all items first, and then change the values that a filter depends on.
 */
export async function* iterate(
  list: (input: Record<string, unknown>, options?: CallOptions) => Promise<unknown>,
  input: Record<string, unknown>,
  options?: CallOptions,
): AsyncGenerator<unknown, void, undefined> {
  const seen = new Set<unknown>();
  let position: Record<string, unknown> = {};
  for (;;) {
    const answer = (await list({ ...input, ...position }, options)) as AnyPage;
    for (const item of answer.data) {
      const id = (item as { id?: unknown } | null)?.id;
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
