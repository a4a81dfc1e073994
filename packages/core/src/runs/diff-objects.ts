import { isObject } from "@sayso/exact-json";

/** One difference between two objects. */
export interface Difference {
  /** The place of the difference: a JSON Pointer (RFC 6901), such as `/config/threshold`. Empty: the whole. */
  path: string;
  /** The value before. Absent: there was none. */
  before?: unknown;
  /** The value after. Absent: it was removed. */
  after?: unknown;
}

/**
 * Returns the differences between two JSON values, in the order of their keys. Objects are compared key by key. Any
 * other value, lists included, is compared as a whole.
 *
 * @param most the number of differences after which the comparison stops
 */
export function diffObjects(before: unknown, after: unknown, most = 1000): Difference[] {
  const found: Difference[] = [];
  const compare = (one: unknown, other: unknown, path: string): void => {
    if (!isObject(one) || !isObject(other)) {
      if (!isSame(one, other)) found.push({ path, before: one, after: other });
      return;
    }
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      if (found.length >= most) return;
      const inner = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (!Object.hasOwn(one, key)) found.push({ path: inner, after: other[key] });
      else if (!Object.hasOwn(other, key)) found.push({ path: inner, before: one[key] });
      else compare(one[key], other[key], inner);
    }
  };
  compare(before, after, "");
  return found;
}

function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, i) => isSame(item, other[i]));
  if (isObject(one) && isObject(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
    );
  }
  return Object.is(one, other);
}
