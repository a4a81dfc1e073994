import type { MemberVisit } from "../site.ts";

/** What stands in the fields of a form, by their names. */
export type Typed = Readonly<Record<string, string>>;

export const readTyped = ({ field }: MemberVisit, names: readonly string[]): Typed =>
  Object.fromEntries(names.map((name) => [name, field(name)]));

/** A number as people write it, "1,5" included; NaN for what is none, which the core refuses; undefined for nothing. */
export function numberOf(text: string | undefined): number | undefined {
  const trimmed = text?.trim().replace(/^([+-]?\d*),(\d+)$/, "$1.$2") ?? "";
  return trimmed === "" ? undefined : Number(trimmed);
}

export const orNull = (text: string | undefined): string | null =>
  text === undefined || text.trim() === "" ? null : text;

/** A number as it is shown in a form, exactly. */
export const written = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(value);
