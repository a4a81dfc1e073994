import { allScopes, scopes, type Scope } from "@sayso/catalogue";
import { isKeyOf } from "@sayso/exact-json";
import { html, type Html } from "./html.ts";
import { choices } from "./inputs.ts";

/** Returns the values of a form that are scopes. */
export const readScopes = (fields: readonly string[]): Scope[] =>
  allScopes.filter((scope) => fields.includes(scope));

/** Renders a box for each scope, in plain words, under the name `scopes`. */
export const scopeChoices = (input: {
  label: string;
  chosen: readonly string[];
  fault?: string;
}): Html =>
  choices({
    ...input,
    name: "scopes",
    kind: "checkbox",
    options: allScopes.map((scope) => ({
      value: scope,
      label: scopes[scope],
      hint: html`<code>${scope}</code>`,
    })),
  });

/** Renders granted scopes in plain words. */
export const scopeList = (granted: readonly string[]): Html =>
  html`<ul class="scopes">
    ${granted.map((scope) => html`<li>${isKeyOf(scopes, scope) ? scopes[scope] : scope}</li>`)}
  </ul>`;
