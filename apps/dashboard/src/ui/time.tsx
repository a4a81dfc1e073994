import { useSyncExternalStore } from "react";
import { strings } from "../strings/index.ts";

const locale = "en-GB";
const exact = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});
const clock = new Intl.DateTimeFormat(locale, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** Formats a day in the viewer's time zone: "Saturday 21 November". */
export const dayOf = (at: string): string => day.format(new Date(at));
/** Formats a time in the viewer's time zone: "21 Nov 2025, 10:30 UTC". */
export const exactTimeOf = (at: string): string => exact.format(new Date(at));

/** A point in time, by default as "3 minutes ago", kept up to date. Pointing at it shows the exact time. */
export function Time({ at, as = "relative" }: { at: string; as?: "relative" | "exact" | "clock" }) {
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={exact.format(date)}>
      {as === "exact" && exact.format(date)}
      {as === "clock" && clock.format(date)}
      {as === "relative" && <Relative at={date.getTime()} />}
    </time>
  );
}

function Relative({ at }: { at: number }) {
  return relativeOf(at, useNow());
}

const units: [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** The interval at which relative times are updated. */
const TICK_MS = 1000;

/** Formats a time relative to now, in the largest unit that fits at least one and a half times. */
export function relativeOf(at: number, now: number): string {
  const ms = at - now;
  // The shared clock can be up to a tick behind a new event.
  if (ms < TICK_MS && ms > -45_000) return strings.common.justNow;
  const [unit, length] = units.find(([, each]) => Math.abs(ms) >= each * 1.5) ?? ["second", 1000];
  return relative.format(Math.round(ms / length) || 1, unit);
}

/** One clock for all relative times. */
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/**
 * Declared once, because a function made anew at each drawing would be subscribed anew, which would set the clock and
 * draw again.
 */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // The clock stood still while nobody listened.
  if (timer === undefined) now = Date.now();
  timer ??= setInterval(() => {
    if (document.hidden) return;
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Returns the time, updated once a second while the page is visible. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
