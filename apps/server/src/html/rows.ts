import { html, type Html, type HtmlValue } from "./html.ts";

/** Renders a card with a heading of its own. */
export const section = (id: string, heading: HtmlValue, content: HtmlValue): Html =>
  html`<section class="card" aria-labelledby="${id}">
    <h2 id="${id}">${heading}</h2>
    ${content}
  </section>`;

/** One entry of a list: its title, its facts, and its actions. */
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

/** Renders names and values under one another. Names without a value are left out. */
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
