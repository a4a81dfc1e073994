import { piecesOf, piecesOfAddress, plainLine, type Piece } from "@sayso/untrusted-text";
import { html, type Html, type HtmlValue } from "./html.ts";

export { webAddress } from "@sayso/untrusted-text";

/** Renders somebody else's text on one line: isolated from its surroundings, with hidden characters made visible. */
export const oneLine = (text: string): Html =>
  html`<bdi>${marked(text.replace(/[\n\r\t]+/g, " "))}</bdi>`;

/** Renders an e-mail address: characters that aren't plain ASCII are followed by their codes. */
const emailAddress = (address: string): Html =>
  html`<bdi>${renderPieces(piecesOfAddress(address))}</bdi>`;

/** Renders a person's name, followed by their e-mail address where another member's name looks the same. */
export const personName = (name: string, email: string | undefined): Html =>
  email === undefined ? oneLine(name) : html`${oneLine(name)} (${emailAddress(email)})`;

/**
 * Renders somebody else's text with its line breaks and with hidden characters made visible. Needs `white-space:
 * pre-wrap`.
 */
export const manyLines = (text: string): Html =>
  html`<div class="text" dir="auto">${marked(text.replace(/\r\n?/g, "\n"))}</div>`;

/** Returns somebody else's text on one line for places without elements, such as `<title>`. */
export const plain = plainLine;

/** Renders a part of somebody else's text that is set apart already, with hidden characters made visible. */
export const marked = (text: string): HtmlValue[] => renderPieces(piecesOf(text));

const renderPieces = (pieces: readonly Piece[]): HtmlValue[] =>
  pieces.map((piece) => {
    if ("shown" in piece) return piece.shown;
    const code = `U+${piece.hidden}`;
    return html`<span class="hidden-char" title="${code} ${piece.name}">${code}</span>`;
  });

/**
 * Renders a link out of Sayso, to an address that somebody else gave. The target doesn't learn the page that held the
 * link.
 */
export const outwardLink = (url: URL, content: HtmlValue): Html =>
  html`<a href="${url.href}" rel="noopener noreferrer nofollow" target="_blank">${content}</a>`;
