/** The period of the insights in the URL. Absent: the last 30 days. */
export interface InsightsSearch {
  days?: 7 | 90;
  /** The first and the last day of a chosen period, `2026-03-25`. Both are part of it. */
  from?: string;
  to?: string;
}

const DAYS_DEFAULT = 30;
const DAYS_MAX = 366;

const day = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (value: unknown): value is string => typeof value === "string" && day.test(value);

/** Reads the period from a URL. An invalid value counts as absent. */
export function readInsightsSearch({ days, from, to }: Record<string, unknown>): InsightsSearch {
  if (isDay(from) && isDay(to) && from <= to) return { from, to };
  return days === 7 || days === 90 ? { days } : {};
}

/** Returns the day of a date in the viewer's time zone, as `2026-03-25`. */
export const dayTextOf = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");

const startOf = (text: string, daysLater = 0): Date => {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater);
};

/**
 * Converts the period into the input of the API: whole days in the viewer's time zone. A period longer than the API's
 * maximum loses its beginning.
 */
export function rangeOf(search: InsightsSearch, today: string): { from: string; to: string } {
  const last = search.to ?? today;
  const earliest = startOf(last, 2 - DAYS_MAX);
  const first =
    search.from === undefined
      ? startOf(last, 1 - (search.days ?? DAYS_DEFAULT))
      : startOf(search.from);
  return {
    from: (first < earliest ? earliest : first).toISOString(),
    to: startOf(last, 1).toISOString(),
  };
}
