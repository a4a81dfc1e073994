import { isKeyOf } from "@sayso/exact-json";

/** A piece of HTML that is safe to send: made by {@link html}, or vouched for with {@link raw}. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A value for a template. Strings are escaped; null, undefined and false leave nothing. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * Renders a template and escapes every value, so that text can end neither its element nor its quoted attribute.
 * Attribute values must be written in quotes.
 */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(strings.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

/** Returns text as it is: only for HTML that was sanitised before it was stored, and for constants. */
export const raw = (safeHtml: string): Html => new Html(safeHtml);

const replacements = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Matches one character that must be escaped. */
const special = new RegExp(`[${Object.keys(replacements).join("")}]`, "g");
const escape = (character: string): string =>
  isKeyOf(replacements, character) ? replacements[character] : "";

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(render).join("");
  return String(value).replace(special, escape);
}
