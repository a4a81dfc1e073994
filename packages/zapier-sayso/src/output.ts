import type { DeclaredOutput } from "./declared.ts";

/** An item as Zapier shows it: always the same keys, nothing nested, null where there is nothing. */
export type FlatItem = Record<string, unknown>;

/** What the server answered as a flat item: what is nested is called by its way, what can hold anything is JSON text. */
export function toFlat(outputs: readonly DeclaredOutput[], answer: unknown): FlatItem {
  return Object.fromEntries(
    outputs.map(({ key, path, isJson }) => {
      const value = path.reduce<unknown>(
        (inner, part) => (inner as FlatItem | null | undefined)?.[part],
        answer,
      );
      return [key, value == null ? null : isJson ? JSON.stringify(value) : value];
    }),
  );
}

/** The things in an answer, whether it is a list, a page of one, or the thing itself. */
export function itemsOf(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer;
  const { data } = answer as { data?: unknown };
  return Array.isArray(data) ? data : [answer];
}
