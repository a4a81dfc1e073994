import { DomainError, requestPasswordReset, type FieldFault } from "@sayso/core";
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
      const [fault] = (error.details?.fields ?? []) as FieldFault[];
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
    <p class="lead">We send you a link by which you choose a new one.</p>
    ${typed.message && banner("bad", html`<p>${typed.message}</p>`)}
    <form method="post" action="/forgot">
      ${field({ name: "email", label: "E-mail", type: "email", autocomplete: "username", value: typed.email, fault: typed.fault, maxlength: 254, autofocus: !typed.message })}
      <button class="primary wide">Send the link</button>
    </form>
    <p class="hint"><a href="/sign-in">Back to sign in</a></p>
  </div>`,
});

const sentPage: Page = {
  title: "Look into your mail",
  shape: "form",
  main: html` <div class="card">
    <h1>Look into your mail</h1>
    <p>
      If somebody here has this e-mail address, a link is on its way to it. It works once, for an
      hour. Until then your password stays as it is.
    </p>
    <p class="hint">
      Nothing there after some minutes? Look among the unwanted mail, or ask whoever runs this
      server.
    </p>
    <p><a class="button" href="/sign-in">Back to sign in</a></p>
  </div>`,
};
