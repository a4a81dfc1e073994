import { html, type Html, type HtmlValue } from "./html.ts";

interface Labelled {
  name: string;
  label: string;
  hint?: HtmlValue;
  fault?: string;
}

/** Renders a drop-down list: one of a few options. */
export function select(
  input: Labelled & {
    options: readonly (readonly [value: string, words: string])[];
    value?: string;
  },
): Html {
  const { name } = input;
  return html`<div class="field">
    <label for="${name}">${input.label}</label>
    ${hintOf(input)}
    <select id="${name}" name="${name}" ${described(input)}>
      ${input.options.map(
        ([value, words]) =>
          html`<option value="${value}" ${value === input.value ? html` selected` : ""}>
            ${words}
          </option>`,
      )}
    </select>
    ${faultOf(input)}
  </div>`;
}

/** Renders several boxes under one name, or, as `radio`, one of several. The fault belongs to all of them. */
export function choices(
  input: Labelled & {
    kind: "checkbox" | "radio";
    options: readonly { value: string; label: HtmlValue; hint?: HtmlValue }[];
    chosen: readonly string[];
  },
): Html {
  const { name, kind } = input;
  return html`<fieldset class="field" ${described(input, false)}>
    <legend>${input.label}</legend>
    ${hintOf(input)}
    ${input.options.map(({ value, label, hint }, i) => {
      const id = `${name}-${i + 1}`;
      return html`<div class="tick">
        <input
          type="${kind}"
          id="${id}"
          name="${name}"
          value="${value}"
          ${input.chosen.includes(value) ? html` checked` : ""}${
            hint ? html` aria-describedby="${id}-hint"` : ""
          }${input.fault && i === 0 ? html` autofocus` : ""}
        />
        <label for="${id}">${label}</label>
        ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      </div>`;
    })}
    ${faultOf(input)}
  </fieldset>`;
}

type Identified = Labelled & { id?: string };

const hintOf = ({ name, id = name, hint }: Identified): HtmlValue =>
  hint && html`<p class="hint" id="${id}-hint">${hint}</p>`;

const faultOf = ({ name, id = name, fault }: Identified): HtmlValue =>
  fault && html`<p class="fault" id="${id}-fault">${fault}</p>`;

function described({ name, id = name, hint, fault }: Identified, isFocusable = true): HtmlValue {
  const ids = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return [
    ids && html` aria-describedby="${ids}"`,
    fault && isFocusable && html` aria-invalid="true" autofocus`,
  ];
}
