import { csrfField } from "./csrf.ts";
import { html, type Html, type HtmlValue } from "./html.ts";

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
