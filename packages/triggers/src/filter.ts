import type { EventItem } from "./item.ts";
import type { EventFilter } from "./port.ts";

/** The items that a trigger wants. */
export interface Wanted {
  /** `approval.approved`, or `approval.*` for all of a kind. Missing or empty: every type. */
  types?: readonly string[];
  filter?: EventFilter;
}

const filterFields = ["priority", "action_type", "source", "status"] as const;

/**
 * Returns true if an item is wanted, by the rule that the server applies to a subscription. An event without a request
 * passes no filter on a request's fields.
 */
export function isWanted(item: EventItem, { types = [], filter = {} }: Wanted): boolean {
  if (types.length > 0 && !types.some((type) => matchesType(item.type, type))) return false;
  return filterFields.every((field) => {
    const allowed = filter[field] ?? [];
    const value = item.request?.[field];
    return allowed.length === 0 || (value != null && allowed.includes(value));
  });
}

const matchesType = (type: string, wanted: string): boolean =>
  wanted.endsWith(".*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted;

/**
 * Returns a filter in the form in which it is sent and compared: sorted, without conditions that restrict nothing. Null
 * if nothing is left.
 */
export function tidyFilter(filter: EventFilter | null | undefined): EventFilter | null {
  const fields = filterFields.flatMap((field): [string, string[]][] => {
    const allowed = tidyList(filter?.[field] ?? []);
    return allowed.length > 0 ? [[field, allowed]] : [];
  });
  return fields.length > 0 ? Object.fromEntries(fields) : null;
}

export const tidyList = (values: readonly string[]): string[] => [...new Set(values)].sort();
