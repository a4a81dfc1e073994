import { html, type Html, type HtmlValue } from "./html.ts";
import { banner } from "./layout.ts";

/** Renders a value to copy. Select-all on the keyboard, or a long press, marks the whole of it. */
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

/** Renders the notice that a secret is shown this once. */
export const shownOnce = (what: string): Html =>
  banner("note", html`<p><strong>${what}.</strong> Copy it now: it is shown only once.</p>`);
