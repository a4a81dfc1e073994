import { html, type Html, type HtmlValue } from "./html.ts";

/** A card with a heading of its own. */
export const section = (id: string, heading: HtmlValue, content: HtmlValue): Html =>
  html`<section class="card" aria-labelledby="${id}">
    <h2 id="${id}">${heading}</h2>
    ${content}
  </section>`;

/** One entry of a list: what it is, what is known of it, what can be done with it. */
export interface Row {
  title: HtmlValue;
  facts?: readonly HtmlValue[];
  actions?: HtmlValue;
}

export const rows = (entries: readonly Row[]): HtmlValue =>
  entries.length > 0 &&
  html`<ul class="rows">
    ${entries.map(
      ({ title, facts = [], actions }) =>
        html`<li>
          <div>
            <p class="title">${title}</p>
            <p class="facts">${facts.map((fact) => fact && html` <span>${fact}</span>`)}</p>
          </div>
          ${actions}
        </li>`,
    )}
  </ul>`;

/** Names and values under one another; those without a value are left out. */
export const factList = (facts: readonly (readonly [name: string, value: HtmlValue])[]): Html =>
  html`<dl class="fields">
    ${facts.map(
      ([name, value]) =>
        value &&
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
