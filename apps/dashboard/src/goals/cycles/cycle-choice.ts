import type { Cycle } from "@sayso/client";

/** Today as a day of the calendar, in UTC as cycles are. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** The cycle that runs now; of several the one that ends first. */
export const currentCycle = (cycles: readonly Cycle[], day: string): Cycle | undefined =>
  cycles
    .filter(({ starts_on, ends_on }) => starts_on <= day && day <= ends_on)
    .toSorted((a, b) => a.ends_on.localeCompare(b.ends_on))[0];

/** Whole days from one day of the calendar to another. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
