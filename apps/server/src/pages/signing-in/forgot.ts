import { DomainError, requestPasswordReset } from "@sayso/core";
import { html } from "../../html/html.ts";
import { banner, field, type Page } from "../../html/layout.ts";
import { retryAfter, type Visit } from "../../site/site.ts";

/** GET /forgot: shows the form for a new password by mail. */
export function showForgot(visit: Visit): void {
  visit.show(forgotPage({}));
}

/** POST /forgot: gives the same answer, and takes as long, whether anybody has this address or not. */
export async function submitForgot(visit: Visit): Promise<void> {
  const { services, request, response } = visit;
  const email = visit.field("email");
  try {
    await requestPasswordReset(services, { email, address: request.ip ?? null });
    visit.show(sentPage);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === "validation_failed") {
      const [fault] = error.details?.fields ?? [];
      visit.show(forgotPage({ email, fault: fault?.message ?? error.message }), 422);
    } else if (error.code === "rate_limited") {
      response.set("Retry-After", retryAfter(error));
      visit.show(forgotPage({ email, message: `${error.message}.` }), 429);
    } else throw error;
  }
}

const forgotPage = (typed: { email?: string; fault?: string; message?: string }): Page => ({
  title: "New password",
  shape: "form",
  main: html` <div class="card">
    <h1>New password</h1>
    <p class="lead">Sayso sends you an email with a link to set a new password.</p>
    ${typed.message && banner("bad", html`<p>${typed.message}</p>`)}
    <form method="post" action="/forgot">
      ${field({ name: "email", label: "Email", type: "email", autocomplete: "username", value: typed.email, fault: typed.fault, maxlength: 254, autofocus: !typed.message })}
      <button class="primary wide">Send link</button>
    </form>
    <p class="hint"><a href="/sign-in">Back to sign in</a></p>
  </div>`,
});

const sentPage: Page = {
  title: "Check your email",
  shape: "form",
  main: html` <div class="card">
    <h1>Check your email</h1>
    <p>
      If an account has this email address, Sayso has sent a link to it. The link works once, for an
      hour. Your password stays the same until you use it.
    </p>
    <p class="hint">
      No email after some minutes? Check your spam folder, or ask the administrator of this server.
    </p>
    <p><a class="button" href="/sign-in">Back to sign in</a></p>
  </div>`,
};
