import {
  beginPasskeySignIn,
  confirmIdentity,
  DomainError,
  isRecent,
  type IdentityProof,
} from "@sayso/core";
import { answerJson } from "../../site/answer-json.ts";
import { csrfField } from "../../html/csrf.ts";
import { html, type Html } from "../../html/html.ts";
import { banner, field, type Page } from "../../html/layout.ts";
import { nextPath } from "../../site/next-path.ts";
import { passkeyForm, readCredential } from "../signing-in/passkey-form.ts";
import { noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import { readDeviceToken, readPasskeyToken, setPasskeyCookie } from "../../site/session.ts";
import { deviceOf } from "../signing-in/sign-in.ts";
import type { MemberVisit } from "../../site/site.ts";
import { accountPage } from "./account-page.ts";

/**
 * GET /account/confirm?next=…: asks for the password or a passkey once more, before actions that need more than an open
 * session, and goes on to `next`. A person who has signed in lately goes on at once.
 */
export function showConfirm(visit: MemberVisit): void {
  const next = goesOnTo(visit.request.query.next);
  if (isRecent(visit.session.signedInAt)) visit.redirect(next);
  else visit.show(confirmPage(visit, next, noRemarks));
}

/** POST /account/confirm: confirms with a password. */
export const submitConfirm = (visit: MemberVisit): Promise<void> =>
  prove(visit, {
    password: visit.field("password"),
    deviceToken: readDeviceToken(visit.request, visit.services),
    address: deviceOf(visit).address,
  });

/** POST /account/confirm/passkey/options: returns the challenge to sign, as JSON for the page's script. */
export const giveConfirmOptions = (visit: MemberVisit): Promise<void> =>
  answerJson(visit, async () => {
    const { services, request, response } = visit;
    const prompt = await beginPasskeySignIn(services, readPasskeyToken(request, services));
    setPasskeyCookie(response, services, prompt.browserToken);
    return prompt.options;
  });

/** POST /account/confirm/passkey: confirms with the signed challenge. */
export const submitConfirmPasskey = (visit: MemberVisit): Promise<void> =>
  prove(visit, {
    passkey: {
      credential: readCredential(visit.field("credential")),
      browserToken: readPasskeyToken(visit.request, visit.services),
    },
  });

async function prove(visit: MemberVisit, proof: IdentityProof): Promise<void> {
  const next = goesOnTo(visit.field("next"));
  const showAgain = (remarks: Remarks, status: number) =>
    visit.show(confirmPage(visit, next, remarks), status);
  try {
    const proven = await tryForm(
      visit,
      ["password"],
      () => confirmIdentity(visit.context, proof),
      showAgain,
    );
    if (proven) visit.redirect(next);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "unauthenticated") throw error;
    showAgain({ faults: {}, banner: banner("bad", html`<p>${error.message}.</p>`) }, 401);
  }
}

/** Returns the next path, but never this page itself. */
function goesOnTo(next: unknown): string {
  const path = nextPath(next);
  return path === "/" || path.startsWith("/account/confirm") ? "/account" : path;
}

function confirmPage(visit: MemberVisit, next: string, remarks: Remarks): Page {
  const { services, csrf, site } = visit;
  const hidden: Html = html`${csrfField(csrf)}<input type="hidden" name="next" value="${next}" />`;
  const page = accountPage(visit, {
    title: "Confirm your identity",
    banner: remarks.banner,
    lead: html`This action needs a recent confirmation. Enter your password or use a passkey. Sayso
    asks again after 15 minutes.`,
    main: html`<div class="card">
      <form method="post" action="/account/confirm">
        ${hidden}
        ${field({ name: "password", label: "Password", type: "password", autocomplete: "current-password", fault: remarks.faults.password, autofocus: true })}
        <button class="primary">Confirm</button>
      </form>
      ${passkeyForm(services, { does: "get", action: "/account/confirm/passkey", button: html`<button>Confirm with a passkey</button>`, content: hidden })}
    </div>`,
  });
  return { ...page, scriptPath: site.passkeyScriptPath };
}
