import { must } from "@sayso/must";
import { parseExpression, type Expression } from "./parse-expression.ts";

/** A text with expressions in it: its parts in order. */
export type Template = readonly (string | Expression)[];

const templates = new Map<string, Template>();

/**
 * Splits a text at `{{…}}` (developers.make.com/custom-apps-documentation/component-blocks/iml: an expression is all
 * text between these tags). Braces in a quoted text within an expression don't end it.
 *
 * @throws SyntaxError for an expression without an end, or one that can't be parsed
 */
export function parseTemplate(text: string): Template {
  const known = templates.get(text);
  if (known) return known;
  const parts: (string | Expression)[] = [];
  for (let at = 0; at < text.length;) {
    const start = text.indexOf("{{", at);
    if (start === -1) {
      parts.push(text.slice(at));
      break;
    }
    if (start > at) parts.push(text.slice(at, start));
    const end = endOf(text, start + 2);
    parts.push(parseExpression(text.slice(start + 2, end)));
    at = end + 2;
  }
  templates.set(text, parts);
  return parts;
}

function endOf(text: string, from: number): number {
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const sign = must(text[at]);
    if (quote !== "") quote = sign === quote ? "" : quote;
    else if (`"'\``.includes(sign)) quote = sign;
    else if (text.startsWith("}}", at)) return at;
  }
  throw new SyntaxError(`${text}: an expression has no end`);
}
