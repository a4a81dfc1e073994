import { html, type Html } from "./html.ts";

const absolute = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** Renders "21 Nov 2025, 10:30 UTC", in a `<time>` with its exact value. */
export const exactTime = (at: Date): Html =>
  html`<time datetime="${at.toISOString()}">${absolute.format(at)} UTC</time>`;

/** Renders "3 hours ago" or "in 3 hours", in a `<time>` that shows the exact value under the pointer. */
export function relativeTime(at: Date, now: Date): Html {
  const ms = at.getTime() - now.getTime();
  const words = ms <= 0 ? ago(-ms) : `in ${duration(ms)}`;
  return html`<time datetime="${at.toISOString()}" title="${absolute.format(at)} UTC"
    >${words}</time
  >`;
}

const ago = (ms: number): string => (ms < 45_000 ? "just now" : `${duration(ms)} ago`);

const units: [name: string, ms: number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/**
 * Formats a duration in the largest unit that fits at least one and a half times: "45 minutes", "24 hours", "3 days".
 */
function duration(ms: number): string {
  const [name, length] = units.find(([, each]) => ms >= each * 1.5) ?? ["second", 1000];
  const count = Math.max(1, Math.round(ms / length));
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
