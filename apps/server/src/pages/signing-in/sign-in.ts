import {
  beginPasskeySignIn,
  DomainError,
  endSession,
  findPasskeyObstacle,
  finishPasskeySignIn,
  signIn,
  type SignedIn,
} from "@sayso/core";
import type { AnonymousLimit } from "../../http/anonymous-limit.ts";
import { answerJson } from "../../site/answer-json.ts";
import { html, type HtmlValue } from "../../html/html.ts";
import { banner, field, type Page } from "../../html/layout.ts";
import { nextPath } from "../../site/next-path.ts";
import { passkeyForm, readCredential } from "./passkey-form.ts";
import {
  readDeviceToken,
  readPasskeyToken,
  setPasskeyCookie,
  setSignInCookies,
} from "../../site/session.ts";
import { forgetSession, retryAfter, type MemberVisit, type Visit } from "../../site/site.ts";

/** GET /sign-in: shows the form. */
export function showSignIn(visit: Visit): void {
  const next = nextPath(visit.request.query.next);
  if (visit.session) visit.redirect(next);
  else visit.show(signInPage(visit, { next, ended: readEnded(visit.request.query.ended) }));
}

/**
 * Reads the dashboard's notice that the session ended: the number of votes that were therefore not counted. Null: there
 * is no such notice.
 */
const readEnded = (text: unknown): number | null =>
  typeof text === "string" && /^[0-9]{1,3}$/.test(text) ? Number(text) : null;

/** POST /sign-in: gives the same answer, and takes as long, whatever is wrong. */
export async function submitSignIn(visit: Visit): Promise<void> {
  const { services, request } = visit;
  const email = visit.field("email");
  await enter(visit, email, () =>
    signIn(services, {
      email,
      password: visit.field("password"),
      deviceToken: readDeviceToken(request, services),
      ...deviceOf(visit),
    }),
  );
}

/** POST /sign-in/passkey/options: returns a challenge for this browser, as JSON for the page's script. */
export function givePasskeyPrompt(visit: Visit, limit: AnonymousLimit): Promise<void> {
  const { services, request, response } = visit;
  return answerJson(visit, async () => {
    limit(request, response);
    const prompt = await beginPasskeySignIn(services, readPasskeyToken(request, services));
    setPasskeyCookie(response, services, prompt.browserToken);
    return prompt.options;
  });
}

/** POST /sign-in/passkey: signs in with the signed challenge. */
export async function submitPasskeySignIn(visit: Visit, limit: AnonymousLimit): Promise<void> {
  const { services, request, response } = visit;
  await enter(visit, "", async () => {
    limit(request, response);
    return finishPasskeySignIn(services, {
      credential: readCredential(visit.field("credential")),
      browserToken: readPasskeyToken(request, services),
      deviceToken: readDeviceToken(request, services),
      ...deviceOf(visit),
    });
  });
}

/** Begins the session that `prove` returns, or shows the page again with the reason. */
async function enter(visit: Visit, email: string, prove: () => Promise<SignedIn>): Promise<void> {
  const { services, response } = visit;
  const next = nextPath(visit.field("next"));
  try {
    const signedIn = await prove();
    // The browser's earlier session ends here, because somebody else can have planted it, and must not share the new
    // one.
    if (visit.session) await endSession(services, visit.session.id);
    setSignInCookies(response, services, signedIn);
    visit.redirect(next);
  } catch (error) {
    const status = error instanceof DomainError ? refusals[error.code] : undefined;
    if (!(error instanceof DomainError) || status === undefined) throw error;
    if (status === 429) response.set("Retry-After", retryAfter(error));
    const ended = readEnded(visit.field("ended"));
    visit.show(signInPage(visit, { next, ended, email, message: `${error.message}.` }), status);
  }
}

const refusals: Partial<Record<DomainError["code"], number>> = {
  unauthenticated: 401,
  validation_failed: 422,
  invalid_state: 409,
  rate_limited: 429,
};

/** POST /sign-out: signs out and redirects to the sign-in page, which goes on to the form's `next`. */
export async function submitSignOut(visit: MemberVisit): Promise<void> {
  await endSession(visit.services, visit.session.id);
  forgetSession(visit);
  const next = nextPath(visit.field("next"));
  visit.redirect(next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`);
}

/** Returns the facts about a browser that its session keeps. */
export const deviceOf = ({
  request,
}: Visit): { userAgent: string | null; address: string | null } => ({
  userAgent: request.get("user-agent") ?? null,
  address: request.ip ?? null,
});

const endedBanner = (votes: number): HtmlValue =>
  banner(
    "note",
    html`<p>Your session has ended. Sign in to continue.</p>
      ${votes > 0 && html`<p>${votes === 1 ? "1 vote was not counted. Sign in to see it" : `${votes} votes were not counted. Sign in to see them`} and to send ${votes === 1 ? "it" : "them"} again.</p>`}`,
  );

function signInPage(
  { services, site }: Visit,
  {
    next,
    ended,
    email,
    message,
  }: { next: string; ended: number | null; email?: string; message?: string },
): Page {
  const hidden = [
    html`<input type="hidden" name="next" value="${next}" />`,
    ended !== null && html`<input type="hidden" name="ended" value="${ended}" />`,
  ];
  const hasPasskeys = findPasskeyObstacle(services) === null;
  const isInvited = next.startsWith("/invitation/");
  const notices: HtmlValue = [
    message && banner("bad", html`<p>${message}</p>`),
    ended !== null && endedBanner(ended),
    message &&
      isInvited &&
      html`<p><a class="button wide" href="${next}">Back to the invitation</a></p>`,
  ];
  return {
    title: "Sign in",
    shape: "form",
    scriptPath: hasPasskeys ? site.passkeyScriptPath : undefined,
    main: html` <div class="card">
      <h1>Sign in</h1>
      <p class="lead">Approve or reject what your automations and agents ask.</p>
      ${notices}
      <form method="post" action="/sign-in">
        ${hidden}
        ${field({ name: "email", label: "Email", type: "email", autocomplete: hasPasskeys ? "username webauthn" : "username", value: email, maxlength: 254, autofocus: !message && ended === null })}
        ${field({ name: "password", label: "Password", type: "password", autocomplete: "current-password" })}
        <button class="primary wide">Sign in</button>
      </form>
      ${passkeyForm(services, { does: "get", action: "/sign-in/passkey", button: html`<button class="wide">Sign in with a passkey</button>`, content: hidden })}
      <p class="hint">
        ${services.mail.isEnabled ? html`<a href="/forgot">Forgot your password?</a>` : "Forgot your password? Ask the administrator of this server for a new link."}
      </p>
    </div>`,
  };
}
