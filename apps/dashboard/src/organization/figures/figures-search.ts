/** The span of the numbers; it stands in the address. Absent: the last 30 days. */
export interface FiguresSearch {
  days?: 7 | 90;
  /** Days of one's own choice, `2026-03-25`; both are in it. */
  from?: string;
  to?: string;
}

const DAYS_DEFAULT = 30;
const DAYS_MAX = 366;

const day = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (value: unknown): value is string => typeof value === "string" && day.test(value);

/** Whatever stands in an address, as far as it means something. */
export function readFiguresSearch({ days, from, to }: Record<string, unknown>): FiguresSearch {
  if (isDay(from) && isDay(to) && from <= to) return { from, to };
  return days === 7 || days === 90 ? { days } : {};
}

/** `2026-03-25` of a date, where one is. */
export const dayTextOf = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");

const startOf = (text: string, daysLater = 0): Date => {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater);
};

/** The span as the API is asked for it: whole days where one is. A longer one than it gives is cut at its beginning. */
export function rangeOf(search: FiguresSearch, today: string): { from: string; to: string } {
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
