import { piecesOf, plainLine } from "@sayso/untrusted-text";
import { html, type Html, type HtmlValue } from "./html.ts";

export { webAddress } from "@sayso/untrusted-text";

/** Renders somebody else's text on one line: isolated from its surroundings, with hidden characters made visible. */
export const oneLine = (text: string): Html =>
  html`<bdi>${marked(text.replace(/[\n\r\t]+/g, " "))}</bdi>`;

/**
 * Renders somebody else's text with its line breaks and with hidden characters made visible. Needs `white-space:
 * pre-wrap`.
 */
export const manyLines = (text: string): Html =>
  html`<div class="text" dir="auto">${marked(text.replace(/\r\n?/g, "\n"))}</div>`;

/** Returns somebody else's text on one line for places without elements, such as `<title>`. */
export const plain = plainLine;

/** Renders a part of somebody else's text that is set apart already, with hidden characters made visible. */
export function marked(text: string): HtmlValue[] {
  return piecesOf(text).map((piece) => {
    if ("shown" in piece) return piece.shown;
    const code = `U+${piece.hidden}`;
    return html`<span class="hidden-char" title="${code} ${piece.name}">${code}</span>`;
  });
}

/**
 * Renders a link out of Sayso, to an address that somebody else gave. The target doesn't learn the page that held the
 * link.
 */
export const outwardLink = (url: URL, content: HtmlValue): Html =>
  html`<a href="${url.href}" rel="noopener noreferrer nofollow" target="_blank">${content}</a>`;
