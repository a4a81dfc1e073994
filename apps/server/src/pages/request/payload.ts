import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { manyLines, oneLine, outwardLink, webAddress } from "../../html/untrusted-text.ts";

/** The limits of the page. Metadata beyond them is left out; the page says so, and links to the whole. */
const FIELDS_MAX = 300;
const TEXT_MAX = 3000;
const DEPTH_MAX = 8;
const RAW_MAX = 20_000;

interface Budget {
  fields: number;
  isCut: boolean;
}

/** Renders the metadata of a request as fields that people can read, with the JSON itself behind them. */
export function payload(requestId: string, metadata: Record<string, unknown> | null): HtmlValue {
  if (metadata === null || Object.keys(metadata).length === 0) return null;
  const budget: Budget = { fields: FIELDS_MAX, isCut: false };
  const fields = fieldsOf(metadata, budget, 1);
  const json = JSON.stringify(metadata, null, 2);
  const whole = `/requests/${requestId}/payload`;
  return html` <section aria-labelledby="payload">
    <h2 id="payload">Details</h2>
    ${budget.isCut && html`<p class="banner note">This page leaves out some details, because there are too many. <a href="${whole}">Read all of them</a> before you decide.</p>`}
    ${fields}
    <details class="raw">
      <summary>JSON</summary>
      ${
        json.length <= RAW_MAX
          ? html`<pre
              tabindex="0"
              role="region"
              aria-label="Details as JSON"
            ><code>${manyLines(json)}</code></pre>`
          : html`<p><a href="${whole}">All details (${Math.round(json.length / 1000)} kB)</a></p>`
      }
    </details>
  </section>`;
}

/** Returns true if the page leaves some of the metadata out. */
export function leavesOut(metadata: Record<string, unknown> | null): boolean {
  const budget: Budget = { fields: FIELDS_MAX, isCut: false };
  if (metadata !== null) fieldsOf(metadata, budget, 1);
  return budget.isCut;
}

function fieldsOf(object: Record<string, unknown>, budget: Budget, depth: number): Html {
  const pairs = [];
  for (const [key, value] of Object.entries(object)) {
    if (budget.fields-- <= 0) {
      budget.isCut = true;
      break;
    }
    const isNested = typeof value === "object" && value !== null && Object.keys(value).length > 0;
    pairs.push(
      html`<div${isNested ? html` class="nested"` : ""}><dt>${oneLine(key)}</dt><dd>${valueOf(value, budget, depth)}</dd></div>`,
    );
  }
  return html`<dl class="fields">${pairs}</dl>`;
}

function valueOf(value: unknown, budget: Budget, depth: number): Html {
  if (value === null) return html`<span class="none">null</span>`;
  if (typeof value === "string") return textOf(value, budget);
  if (typeof value !== "object") return html`<code>${JSON.stringify(value)}</code>`;
  if (Object.keys(value).length === 0)
    return html`<span class="none">${Array.isArray(value) ? "empty list" : "empty"}</span>`;
  if (depth >= DEPTH_MAX) return textOf(JSON.stringify(value), budget);
  if (!Array.isArray(value)) return fieldsOf({ ...value }, budget, depth + 1);
  const all: unknown[] = value;
  const items = [];
  for (const item of all) {
    if (budget.fields-- <= 0) {
      budget.isCut = true;
      break;
    }
    items.push(html`<li>${valueOf(item, budget, depth + 1)}</li>`);
  }
  return html`<ul class="items">
    ${items}
  </ul>`;
}

function textOf(text: string, budget: Budget): Html {
  if (text === "") return html`<span class="none">empty</span>`;
  const address = /^https?:\/\/\S+$/.test(text) ? webAddress(text) : null;
  if (address && text.length <= 500) return outwardLink(address, oneLine(text));
  if (text.length <= TEXT_MAX) return manyLines(text);
  budget.isCut = true;
  return html`${manyLines(text.slice(0, TEXT_MAX))}
    <p class="none">… and ${text.length - TEXT_MAX} more characters</p>`;
}
