import { findPasskeyObstacle, type Services } from "@sayso/core";
import { html, type Html, type HtmlValue } from "../../html/html.ts";

/**
 * A form that the browser fills in with a passkey's answer (assets/passkeys.js, which its page must bring). It is
 * hidden until the script shows it, and nothing at all where there can be no passkeys.
 *
 * @param form.action where the answer is sent, as `credential`; what to answer comes from `{action}/options`
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

/** What the script put into `credential`; null when that is no JSON, which the core then refuses. */
export function readCredential(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
