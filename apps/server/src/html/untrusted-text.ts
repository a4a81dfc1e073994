import { piecesOf, plainLine } from "@sayso/untrusted-text";
import { html, type Html, type HtmlValue } from "./html.ts";

export { webAddress } from "@sayso/untrusted-text";

/** Somebody else's text on one line: set apart from its surroundings, with hidden characters shown as what they are. */
export const oneLine = (text: string): Html =>
  html`<bdi>${marked(text.replace(/[\n\r\t]+/g, " "))}</bdi>`;

/** Somebody else's text with its line breaks, likewise. Wants `white-space: pre-wrap`. */
export const manyLines = (text: string): Html =>
  html`<div class="text" dir="auto">${marked(text.replace(/\r\n?/g, "\n"))}</div>`;

/** The same for where no element can stand, as in `<title>`. */
export const plain = plainLine;

function marked(text: string): HtmlValue[] {
  return piecesOf(text).map((piece) => {
    if ("shown" in piece) return piece.shown;
    const code = `U+${piece.hidden}`;
    return html`<span class="hidden-char" title="${code} ${piece.name}">${code}</span>`;
  });
}

/** A link out of Sayso, to an address that somebody else gave. Says nothing of where it was followed from. */
export const outwardLink = (url: URL, content: HtmlValue): Html =>
  html`<a href="${url.href}" rel="noopener noreferrer nofollow" target="_blank">${content}</a>`;
