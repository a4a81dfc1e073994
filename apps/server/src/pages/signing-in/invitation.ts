import {
  acceptInvitation,
  DomainError,
  endSession,
  joinByInvitation,
  readInvitation,
  switchOrganization,
  type FieldFault,
  type FoundInvitation,
} from "@sayso/core";
import { csrfField, csrfToken } from "../../html/csrf.ts";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { banner, field, type Page } from "../../html/layout.ts";
import { readDeviceToken, setSignInCookies } from "../../site/session.ts";
import { deviceOf } from "./sign-in.ts";
import { retryAfter, type MemberVisit, type Visit } from "../../site/site.ts";
import { oneLine, personName } from "../../html/untrusted-text.ts";

const tokenOf = (visit: Visit): string => String(visit.request.params.token ?? "");

/**
 * GET /invitation/:token: shows the invitation and changes nothing. People who are not signed in see the same page
 * whether the address has an account or not.
 */
export async function showInvitation(visit: Visit): Promise<void> {
  await show(visit, {});
}

interface Tried {
  name?: string;
  faults?: readonly FieldFault[];
  message?: string;
  status?: number;
}

async function show(visit: Visit, tried: Tried): Promise<void> {
  const token = tokenOf(visit);
  const invitation = await readInvitation(visit.services, token);
  if (!invitation) return visit.show(deadPage(), 404);
  const { session } = visit;
  if (session && invitation.acceptedBy === session.actor.personId) return visit.redirect("/");
  if (!invitation.isOpen) return visit.show(deadPage(), 404);
  const { status = 200 } = tried;
  if (!session) return visit.show(newcomerPage(invitation, token, tried), status);
  const isTheirs = session.personEmail?.toLowerCase() === invitation.email.toLowerCase();
  visit.show(
    isTheirs ? acceptPage(visit, invitation, token) : otherPersonPage(visit, token),
    isTheirs ? status : 403,
  );
}

/** POST /invitation/:token: accepts with a new account, or with that of a person without any organization left. */
export async function submitNewcomer(visit: Visit): Promise<void> {
  const { services, request, response } = visit;
  const name = visit.field("name");
  try {
    const signedIn = await joinByInvitation(services, {
      ...deviceOf(visit),
      token: tokenOf(visit),
      name,
      password: visit.field("password"),
      deviceToken: readDeviceToken(request, services),
    });
    if (visit.session) await endSession(services, visit.session.id);
    setSignInCookies(response, services, signedIn);
    visit.redirect("/");
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === "not_found") return visit.show(deadPage(), 404);
    if (error.code === "rate_limited") response.set("Retry-After", retryAfter(error));
    const status = refusals[error.code];
    if (status !== undefined) return show(visit, { name, message: error.message, status });
    if (error.code !== "validation_failed") throw error;
    const faults = error.details?.fields ?? [];
    await show(visit, { name, faults, status: 422 });
  }
}

const refusals: Partial<Record<DomainError["code"], number>> = { conflict: 409, rate_limited: 429 };

/** POST /invitation/:token/accept: accepts with the signed-in account, and switches it to the new organization. */
export async function submitAcceptance(visit: MemberVisit): Promise<void> {
  const { context, session } = visit;
  try {
    const { organizationId, isNew } = await acceptInvitation(context, tokenOf(visit));
    if (isNew) await switchOrganization(context, session.id, organizationId);
    visit.redirect("/");
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === "forbidden") return visit.show(otherPersonPage(visit, tokenOf(visit)), 403);
    if (error.code !== "not_found") throw error;
    visit.show(deadPage(), 404);
  }
}

const roles = { member: "a member", admin: "an admin", owner: "an owner" } as const;

const lead = ({ inviterName, inviterEmail, organizationName, role }: FoundInvitation): Html =>
  html`<p class="lead">
    ${
      inviterName
        ? html`${personName(inviterName, inviterEmail ?? undefined)} invites you`
        : "You are invited"
    }
    to ${oneLine(organizationName)}, as ${roles[role]}.
  </p>`;

function newcomerPage(invitation: FoundInvitation, token: string, tried: Tried): Page {
  const { faults = [], message } = tried;
  const faultOf = (name: string) => faults.find((fault) => fault.field === name)?.message;
  const notice: HtmlValue = message ? banner("bad", html`<p>${message}.</p>`) : null;
  const next = encodeURIComponent(`/invitation/${token}`);
  return {
    title: "Accept invitation",
    shape: "form",
    main: html`<div class="card">
      <h1>Accept invitation</h1>
      ${lead(invitation)} ${notice}
      <p>
        <a class="button wide" href="/sign-in?next=${next}">Sign in to an existing account</a>
      </p>
      <p class="hint">
        To create an account, choose a password. If your account is in no organization any more,
        enter its password:
      </p>
      <form method="post" action="/invitation/${token}">
        <input type="hidden" name="username" autocomplete="username" value="${invitation.email}" />
        ${field({ name: "name", label: "Your name", type: "text", autocomplete: "name", value: tried.name ?? invitation.name, fault: faultOf("name"), maxlength: 100 })}
        ${field({ name: "password", label: "Password", type: "password", autocomplete: "new-password", hint: "At least 8 characters. A few unrelated words are easy to remember.", fault: faultOf("password") })}
        <button class="primary wide">Join</button>
      </form>
    </div>`,
  };
}

function acceptPage(visit: Visit, invitation: FoundInvitation, token: string): Page {
  const { services, session } = visit;
  return {
    title: "Accept invitation",
    shape: "form",
    main: html`<div class="card">
      <h1>Accept invitation</h1>
      ${lead(invitation)}
      <p class="hint">
        Its members can then see your name and email address, and requests can ask you to vote. You
        can leave the organization under Account.
      </p>
      <form method="post" action="/invitation/${token}/accept">
        ${session && csrfField(csrfToken(services, session))}
        <button class="primary wide">Join</button>
      </form>
      <p><a class="button wide" href="/">Not now</a></p>
    </div>`,
  };
}

function otherPersonPage({ services, session }: Visit, token: string): Page {
  return {
    title: "Invitation for another person",
    shape: "form",
    main: html`<div class="card">
      <h1>Invitation for another person</h1>
      <p>
        This invitation is for another email address. Sign out, then open the invitation again with
        the account it was sent to.
      </p>
      <form method="post" action="/sign-out">
        ${session && csrfField(csrfToken(services, session))}
        <input type="hidden" name="next" value="/invitation/${token}" />
        <button class="primary wide">Sign out</button>
      </form>
      <p><a class="button wide" href="/">Stay signed in</a></p>
    </div>`,
  };
}

const deadPage = (): Page => ({
  title: "This invitation is no longer valid",
  shape: "form",
  main: html`<div class="card">
    <h1>This invitation is no longer valid</h1>
    <p>
      It was already used, has expired, was revoked, or was replaced by a newer one. Ask the person
      who invited you to send it again.
    </p>
    <p><a class="button" href="/sign-in">Sign in</a></p>
  </div>`,
});
