import { csrfField } from "./csrf.ts";
import { html, type Html, type HtmlValue } from "./html.ts";
import { banner } from "./layout.ts";

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

/** A form that is one button. */
export const buttonForm = (form: {
  action: string;
  csrf: string;
  label: HtmlValue;
  /** Says to a screen reader what the button is about, where several look the same. */
  about?: HtmlValue;
}): Html =>
  html`<form method="post" action="${form.action}">
    ${csrfField(form.csrf)}<button>${form.label}${about(form)}</button>
  </form>`;

/** What can't be taken back: unfolds what it will do, with the button that does it. Works without a script. */
export const confirm = (form: {
  action: string;
  csrf: string;
  label: HtmlValue;
  about?: HtmlValue;
  /** What will happen, in a sentence. */
  warning: HtmlValue;
  button: string;
  /** More that the form sends or asks for. */
  content?: HtmlValue;
}): Html =>
  html`<details class="ask">
    <summary>${form.label}${about(form)}</summary>
    <form method="post" action="${form.action}">
      ${csrfField(form.csrf)}
      <p>${form.warning}</p>
      ${form.content}<button class="reject">${form.button}${about(form)}</button>
    </form>
  </details>`;

const about = (form: { about?: HtmlValue }): HtmlValue =>
  form.about && html`<span class="unseen"> ${form.about}</span>`;

/** A value to copy: the whole of it is marked with the keyboard (select all) or by pressing long. */
export const copyable = (value: {
  id: string;
  label: HtmlValue;
  text: string;
  hint?: HtmlValue;
}): Html =>
  html`<div class="field">
    <label for="${value.id}">${value.label}</label>
    ${value.hint && html`<p class="hint" id="${value.id}-hint">${value.hint}</p>`}
    <input
      class="copy"
      id="${value.id}"
      value="${value.text}"
      readonly
      autocomplete="off"
      spellcheck="false"
      ${value.hint ? html` aria-describedby="${value.id}-hint"` : ""}
    />
  </div>`;

/** Says that a secret is shown this once. */
export const shownOnce = (what: string): Html =>
  banner(
    "note",
    html`<p>
      <strong>${what}.</strong> It is shown this once: copy it now, then leave this page.
    </p>`,
  );
