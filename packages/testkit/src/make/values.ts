/** Returns true for an object, which Make calls a collection. */
export const isCollection = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Returns true for a missing value, null, and an empty text (block-elements/iml: `ifempty`). */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "";

/** Returns a value as part of a text: dates in ISO 8601, collections and arrays as JSON, missing values as nothing. */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(value);
}

/** Returns a value that Make takes for a date: a date, a text that is one, or milliseconds. */
export function toDate(value: unknown): Date {
  const date =
    value instanceof Date ? value : new Date(typeof value === "number" ? value : toText(value));
  if (Number.isNaN(date.getTime())) throw new TypeError(`'${toText(value)}' is not a valid date`);
  return date;
}
