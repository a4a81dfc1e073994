import { raw, type Html } from "./html.ts";

const shape = (bubble: string, tick: string): string =>
  `<path fill="${bubble}" d="M16 3C8.3 3 2 8.4 2 15c0 3.6 1.9 6.9 4.9 9.1-.1 1.7-.8 3.4-2 4.7a.7.7 0 0 0 .6 1.2c3-.3 5.4-1.5 7.2-3.3 1.1.2 2.2.3 3.3.3 7.7 0 14-5.4 14-12S23.7 3 16 3Z"/>` +
  `<path fill="none" stroke="${tick}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" d="m10.5 15.3 3.9 3.9 7.6-8"/>`;

/** Sayso's mark, a tick for a yes. Takes its colours from the style sheet. */
export const logo: Html = raw(
  `<svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">${shape("var(--accent)", "var(--on-accent)")}</svg>`,
);

/** The icon of a person. It replaces the signed-in person's name where there is no room for it. */
export const personIcon: Html = raw(
  '<svg class="person" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><circle cx="12" cy="8.5" r="4" fill="none" stroke="currentColor" stroke-width="2"/><path d="M4 20.5c1.2-3.8 4.3-5.5 8-5.5s6.8 1.7 8 5.5" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>',
);

/** Sayso's mark as the address of an icon. */
export const favicon: string = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${shape("#1d6b50", "#fff")}</svg>`,
)}`;
