/** The least and the greatest value. */
export type Interval = readonly [number, number];

/** Places a value linearly, also beyond the interval. An interval without length has all values in its middle. */
export type Scale = (value: number) => number;

/**
 * Makes a linear scale.
 *
 * @param domain the least and the greatest value
 * @param range the places of these two; the first can be the greater one, as in SVG, where y grows downwards
 */
export function linearScale(
  [least, greatest]: Interval,
  [start, end]: readonly [number, number],
): Scale {
  if (greatest === least) return () => (start + end) / 2;
  return (value) => start + ((value - least) / (greatest - least)) * (end - start);
}

/** The relative difference up to which values are drawn as equal. Values below TINY are drawn as zero. */
const ALIKE = 1e-9;
const TINY = 1e-12;

const STEPS = [1, 2, 5, 10] as const;

/**
 * Returns a round distance between ticks (1, 2 or 5 times a power of ten). About `count` such distances cover the
 * length.
 *
 * @param length above 0
 */
export function roundStep(length: number, count: number): number {
  const rough = length / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = STEPS.find((one) => one * power >= rough * (1 - 1e-9)) ?? 10;
  return step * power;
}

/**
 * Returns an interval with round ends that holds all values, and its round ticks, least first: at least two, at most
 * `count` + 2. A single value, or several that hardly differ, get room around them. Without values it is 0 to 1.
 *
 * @param values finite ones
 * @param options.fromZero whether the interval also holds 0, as bars need it
 */
export function roundAxis(
  values: readonly number[],
  options: { count?: number; fromZero?: boolean } = {},
): { domain: Interval; ticks: number[] } {
  const { count = 5, fromZero = false } = options;
  const held = values.length === 0 ? [0, 1] : fromZero ? [0, ...values] : values;
  let least = held.reduce((a, b) => Math.min(a, b));
  let greatest = held.reduce((a, b) => Math.max(a, b));
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  if (greatest - least <= size * ALIKE || size < TINY) {
    const room = size < TINY ? 1 : size / 2;
    [least, greatest] = [least - room, greatest + room];
    if (fromZero) [least, greatest] = [Math.min(0, least), Math.max(0, greatest)];
  }
  const step = roundStep(greatest - least, count);
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(greatest / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    withoutNoise((first + i) * step),
  );
  return { domain: [ticks[0] ?? least, ticks.at(-1) ?? greatest], ticks };
}

/** Removes rounding errors: 0.30000000000000004 becomes 0.3. */
const withoutNoise = (value: number): number => Number(value.toPrecision(12)) + 0;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Returns evenly spaced points in time, both ends included.
 *
 * @param count at least 2
 */
export const timeTicks = ([from, to]: Interval, count: number): number[] =>
  from === to
    ? [from]
    : Array.from({ length: count }, (_, i) => Math.round(from + ((to - from) * i) / (count - 1)));

/** Returns the format that suits a point in time within this interval, which is in milliseconds. */
export function timeFormat([from, to]: Interval): Intl.DateTimeFormatOptions {
  const length = to - from;
  if (length <= 2 * DAY_MS) return { weekday: "short", hour: "2-digit", minute: "2-digit" };
  if (length <= 300 * DAY_MS) return { day: "numeric", month: "short" };
  return { month: "short", year: "numeric" };
}
