import type { Cycle } from "@sayso/client";

/** Returns today's calendar day in UTC, the zone of cycles. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** Returns the cycle that runs on a day. If several run, it is the one that ends first. */
export const currentCycle = (cycles: readonly Cycle[], day: string): Cycle | undefined =>
  cycles
    .filter(({ starts_on, ends_on }) => starts_on <= day && day <= ends_on)
    .toSorted((a, b) => a.ends_on.localeCompare(b.ends_on))[0];

/** Returns the number of whole days between two calendar days. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
