import {
  DomainError,
  endSession,
  readOneTimeLink,
  setPassword,
  type FieldFault,
  type LinkPurpose,
  type OpenLink,
} from "@sayso/core";
import { html } from "../../html/html.ts";
import { field, type Page } from "../../html/layout.ts";
import { setSignInCookies } from "../../site/session.ts";
import { deviceOf } from "./sign-in.ts";
import type { Visit } from "../../site/site.ts";
import { oneLine } from "../../html/untrusted-text.ts";

/** A page behind a one-time link: its path, and the purposes of its links. */
export interface LinkPage {
  path: "welcome" | "reset";
  purposes: LinkPurpose[];
}

/** GET /welcome/:token: the first admin enters their name, address and password. */
export const welcome: LinkPage = { path: "welcome", purposes: ["first_admin"] };

/** GET /reset/:token: a person chooses a new password, or, if invited, their first. */
export const reset: LinkPage = { path: "reset", purposes: ["password_reset", "invitation"] };

const tokenOf = (visit: Visit): string => String(visit.request.params.token ?? "");

/** Shows the form while the link can be used. Showing it does not use the link up. */
export async function showLinkPage(visit: Visit, page: LinkPage): Promise<void> {
  const link = await readOneTimeLink(visit.services, tokenOf(visit), page.purposes);
  if (link)
    visit.show(passwordPage(link, page, tokenOf(visit), {}, [], visit.services.mail.isEnabled));
  else visit.show(deadLinkPage(), 404);
}

/** Sets the password and signs in, or shows the form again with the fault of each field. */
export async function submitLinkPage(visit: Visit, page: LinkPage): Promise<void> {
  const { services, response } = visit;
  const token = tokenOf(visit);
  const typed = { name: visit.field("name"), email: visit.field("email") };
  try {
    const password = visit.field("password");
    const signedIn = await setPassword(services, {
      ...typed,
      ...deviceOf(visit),
      token,
      password,
      purposes: page.purposes,
    });
    if (visit.session) await endSession(services, visit.session.id);
    setSignInCookies(response, services, signedIn);
    visit.redirect("/");
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const link = await readOneTimeLink(services, token, page.purposes);
    if (error.code === "not_found" || !link) return visit.show(deadLinkPage(), 404);
    if (error.code !== "validation_failed") throw error;
    visit.show(
      passwordPage(link, page, token, typed, error.details?.fields ?? [], services.mail.isEnabled),
      422,
    );
  }
}

function passwordPage(
  link: OpenLink,
  page: LinkPage,
  token: string,
  typed: { name?: string; email?: string },
  faults: readonly FieldFault[],
  isMailed: boolean,
): Page {
  const faultOf = (name: string) => faults.find((fault) => fault.field === name)?.message;
  const [title, lead] = words(link, isMailed);
  const identity = link.purpose === "first_admin" && [
    field({
      name: "name",
      label: "Your name",
      type: "text",
      autocomplete: "name",
      value: typed.name,
      fault: faultOf("name"),
      maxlength: 100,
      autofocus: faults.length === 0,
    }),
    field({
      name: "email",
      label: "Email",
      type: "email",
      autocomplete: "username",
      value: typed.email,
      fault: faultOf("email"),
      maxlength: 254,
    }),
  ];
  return {
    title,
    shape: "form",
    main: html` <div class="card">
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      <form method="post" action="/${page.path}/${token}">
        ${identity || html`<input type="hidden" name="username" autocomplete="username" value="${link.personEmail}" />`}
        ${field({ name: "password", label: "Password", type: "password", autocomplete: "new-password", hint: "At least 8 characters. A few unrelated words are easy to remember.", fault: faultOf("password"), autofocus: !identity })}
        <button class="primary wide">
          ${link.purpose === "first_admin" ? "Create account" : "Save and sign in"}
        </button>
      </form>
    </div>`,
  };
}

function words(link: OpenLink, isMailed: boolean): [title: string, lead: ReturnType<typeof html>] {
  switch (link.purpose) {
    case "first_admin":
      return [
        "Welcome to Sayso",
        html`Create the first account. It becomes the owner of ${oneLine(link.organizationName)}.`,
      ];
    case "invitation":
      return [
        "Accept invitation",
        html`${oneLine(link.personName)}, choose a password to join
        ${oneLine(link.organizationName)}.`,
      ];
    case "password_reset":
      return [
        "New password",
        html`${oneLine(link.personName)}, choose a new password. This signs you out everywhere else.
        Passkeys still work: remove a lost passkey under Account afterwards.
        ${!isMailed && "The person who gave you this link could have used it. If it no longer works, tell your organization's owner."}`,
      ];
  }
}

const deadLinkPage = (): Page => ({
  title: "This link is no longer valid",
  shape: "form",
  main: html` <div class="card">
    <h1>This link is no longer valid</h1>
    <p>
      It was already used, has expired, or was replaced by a newer one. Ask the administrator of
      this server for a new link.
    </p>
    <p><a class="button" href="/sign-in">Sign in</a></p>
  </div>`,
});
