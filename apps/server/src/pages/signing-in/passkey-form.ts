import { findPasskeyObstacle, type Services } from "@sayso/core";
import { html, type Html, type HtmlValue } from "../../html/html.ts";

/**
 * Renders a form that the browser fills in with a passkey's answer (apps/server/src/site/assets/passkeys.js, which the
 * page must load). The form is hidden until the script shows it. Null: there can be no passkeys here.
 *
 * @param form.action the target of the answer, sent as `credential`; the challenge comes from `{action}/options`
 */
export function passkeyForm(
  services: Services,
  form: { does: "create" | "get"; action: string; button: Html; content: HtmlValue },
): Html | null {
  if (findPasskeyObstacle(services)) return null;
  return html`<form
    method="post"
    action="${form.action}"
    hidden
    data-passkey="${form.does}"
    data-options="${form.action}/options"
    data-origin="${new URL(services.publicUrl).origin}"
  >
    ${form.content}<input type="hidden" name="credential" />
    ${form.button}
    <p class="fault" role="alert"></p>
  </form>`;
}

/** Parses the script's `credential`. Null: it is no JSON, and the core then refuses it. */
export function readCredential(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
