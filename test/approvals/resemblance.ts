/** Strings of an example that stand for any value of their kind: ids and points in time. */
const idLike = /^(?:[\w]+-)*uuid(?:-\d+)?$|^[0-9a-f]{8}-(?:\.\.\.|[0-9a-f]{4}-)/i;
const instantLike = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * Compares an answer with a documented example. Every field of the example must be there with the same type. It must
 * also have the same value, unless the example's value is an id or a point in time, or `free` names it. The answer may
 * have more fields than the example.
 *
 * @param free paths (`pagination.total`) whose values depend on what else is stored
 * @returns the differences in words; empty if there are none
 */
export function findDifferences(
  example: unknown,
  actual: unknown,
  free: readonly string[] = [],
  path = "",
): string[] {
  const here = path || "the body";
  if (kindOf(example) !== kindOf(actual))
    return [`${here} is ${describe(actual)}, documented is ${describe(example)}`];
  if (Array.isArray(example)) {
    return example.flatMap((item, i) =>
      findDifferences(item, (actual as unknown[])[i], free, join(path, i)),
    );
  }
  if (typeof example === "object" && example !== null) {
    const found = actual as Record<string, unknown>;
    return Object.entries(example).flatMap(([key, value]) =>
      key in found
        ? findDifferences(value, found[key], free, join(path, key))
        : [`${join(path, key)} is missing`],
    );
  }
  if (free.includes(path)) return [];
  if (typeof example === "string" && instantLike.test(example)) {
    return instant.test(String(actual))
      ? []
      : [`${here} is ${describe(actual)}, not a point in time with milliseconds and Z`];
  }
  if (typeof example === "string" && idLike.test(example)) {
    return uuid.test(String(actual)) ? [] : [`${here} is ${describe(actual)}, not an id`];
  }
  return example === actual
    ? []
    : [`${here} is ${describe(actual)}, documented is ${describe(example)}`];
}

const join = (path: string, key: string | number): string =>
  path === "" ? String(key) : `${path}.${key}`;

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

const describe = (value: unknown): string =>
  value === undefined ? "absent" : JSON.stringify(value);
