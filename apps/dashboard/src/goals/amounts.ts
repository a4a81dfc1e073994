import { strings } from "../strings/index.ts";

const decimals = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** Formats a number: "3,810". */
export const numberText = (value: number): string => decimals.format(value);

/** Formats an amount with its unit: "3,810 users". Null becomes "no value yet". The unit is a person's text. */
export const amountText = (value: number | null, unit: string | null): string =>
  value === null
    ? strings.goals.notMeasured
    : unit === null || unit === ""
      ? numberText(value)
      : strings.goals.amount(numberText(value), unit);

/** Formats a number for the narrow space beside an axis: "3.8K". */
export const tickText = (value: number): string =>
  Math.abs(value) >= 10_000 ? short.format(value) : numberText(value);

/** Formats a share: "65 %". A share below the whole gets at most 99 %. */
export const percentText = (share: number): string =>
  strings.goals.percent(numberText(share >= 1 ? 100 : Math.min(99, Math.floor(share * 100))));

/** Formats a calendar day, which has no time zone: "31 Mar 2026". */
export const dayText = (isoDay: string): string => day.format(new Date(`${isoDay}T00:00:00Z`));

/** Reads a number as people type it, also "1,5". NaN: the text is no number. Undefined: the text is empty. */
export function typedNumber(text: string): number | undefined {
  const trimmed = text.trim().replace(/^([+-]?\d*),(\d+)$/, "$1.$2");
  return trimmed === "" ? undefined : Number(trimmed);
}
