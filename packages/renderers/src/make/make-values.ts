import type { Field } from "../field.ts";

/**
 * Returns the template that takes a field from the module's parameters to its place in the call. A field that nobody
 * filled in stays undefined and is not sent. Dates are sent as they are, because Make writes them in ISO 8601 (best
 * practices, "Trigger modules").
 */
export function valueOf({ key, kind, location, isCommaList }: Field): string {
  const own = `parameters.${key}`;
  const ifGiven = (expression: string) => `{{if(${own}, ${expression}, ${own})}}`;
  if (location === "path") return `{{encodeURL(${own})}}`;
  if (isCommaList) return ifGiven(`join(${own}, ',')`);
  if (kind === "json" || kind === "key-value")
    return ifGiven(`toCollection(${own}, 'key', 'value')`);
  return `{{${own}}}`;
}

/** Returns the values of all fields that are sent in this place. */
export const valuesAt = (fields: readonly Field[], place: Field["location"]) =>
  Object.fromEntries(
    fields.filter(({ location }) => location === place).map((field) => [field.key, valueOf(field)]),
  );

/** Returns the address, with the path's fields filled in. */
export const addressOf = (path: string, fields: readonly Field[]): string =>
  fields
    .filter(({ location }) => location === "path")
    .reduce((address, field) => address.replace(`{${field.key}}`, valueOf(field)), path);
