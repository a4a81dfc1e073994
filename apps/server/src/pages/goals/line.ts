import { html, type Html, type HtmlValue } from "../html.ts";

/** One labelled line of input that may stay empty, with what was typed before and its fault. */
export function line(input: {
  name: string;
  label: string;
  value: string | undefined;
  /** `number`: text with a keyboard for numbers, so that what was typed comes back whatever it was. */
  kind?: "text" | "number" | "date";
  hint?: HtmlValue;
  fault?: string;
  maxlength?: number;
  isRequired?: boolean;
  /** Where several of one name stand on a page. */
  id?: string;
}): Html {
  const { name, hint, fault, kind = "text", id = name } = input;
  const described = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return html`<div class="field">
    <label for="${id}">${input.label}</label>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <input
      id="${id}"
      name="${name}"
      type="${kind === "date" ? "date" : "text"}"
      autocomplete="off"
      value="${input.value}"
      ${kind === "number" ? html` inputmode="decimal"` : ""}${
        input.isRequired ? html` required` : ""
      }${input.maxlength ? html` maxlength="${input.maxlength}"` : ""}${
        described ? html` aria-describedby="${described}"` : ""
      }${fault ? html` aria-invalid="true" autofocus` : ""}
    />
    ${fault && html`<p class="fault" id="${id}-fault">${fault}</p>`}
  </div>`;
}
