import { isObject } from "@sayso/triggers";
import type { DeclaredOutput } from "./declared.ts";

/** An item as Zapier shows it: always the same keys, nothing nested, null for missing values. */
export type FlatItem = Record<string, unknown>;

/**
 * Turns the server's answer into a flat item. The key of a nested field is its path; an object with free content
 * becomes JSON text.
 */
export function toFlat(outputs: readonly DeclaredOutput[], answer: unknown): FlatItem {
  return Object.fromEntries(
    outputs.map(({ key, path, isJson }) => {
      const value = path.reduce<unknown>(
        (inner, part) => (isObject(inner) ? inner[part] : undefined),
        answer,
      );
      return [key, value == null ? null : isJson ? JSON.stringify(value) : value];
    }),
  );
}

/** Returns the objects in an answer, which is a list, a page of one, or a single object. */
export function itemsOf(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer;
  return isObject(answer) && Array.isArray(answer.data) ? answer.data : [answer];
}
