import { csrfField } from "./csrf.ts";
import { html, type Html, type HtmlValue } from "./html.ts";

/** Renders a form that is one button. */
export const buttonForm = (form: {
  action: string;
  csrf: string;
  label: HtmlValue;
  /** The object of the button, for screen readers, where several buttons look the same. */
  about?: HtmlValue;
}): Html =>
  html`<form method="post" action="${form.action}">
    ${csrfField(form.csrf)}<button>${form.label}${about(form)}</button>
  </form>`;

/**
 * Renders a button for an action that can't be undone. It unfolds a warning, with the button that does it. Works
 * without a script.
 */
export const confirm = (form: {
  action: string;
  csrf: string;
  label: HtmlValue;
  about?: HtmlValue;
  /** The effect, in a sentence. */
  warning: HtmlValue;
  button: string;
  /** Further fields or hidden values of the form. */
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
