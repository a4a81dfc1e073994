import {
  changePassword,
  endOtherSessions,
  endOwnSession,
  listSessions,
  renameSelf,
  switchOrganization,
  type SessionSummary,
} from "@sayso/core";
import { csrfField } from "../../html/csrf.ts";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { field, type Page } from "../../html/layout.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { factList, rows, section, type Row } from "../../html/rows.ts";
import { buttonForm } from "../../html/button-forms.ts";
import { noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import { readDeviceToken } from "../../site/session.ts";
import { deviceOf } from "../signing-in/sign-in.ts";
import { forgetSession, type MemberVisit } from "../../site/site.ts";
import { relativeTime } from "../../html/times.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { accountPage } from "./account-page.ts";
import { describeUserAgent } from "./user-agent.ts";

const NAME_LENGTH_MAX = 100;
const PASSWORD_LENGTH_MAX = 128;

const done = {
  name: "Name changed.",
  password:
    "Password changed. You are signed out everywhere else. Your personal tokens and authorized apps are revoked, and your connections can no longer vote in your name.",
  session: "Device signed out.",
  sessions: "Signed out everywhere else.",
};

/** GET /account: shows the person's name and address, and where they are signed in. */
export async function showProfile(visit: MemberVisit): Promise<void> {
  visit.show(await profilePage(visit, noRemarks));
}

/** POST /account/name: renames the person. */
export async function submitName(visit: MemberVisit): Promise<void> {
  const name = visit.field("name");
  const renamed = await tryForm(
    visit,
    ["name"],
    () => renameSelf(visit.context, name),
    async (remarks, status) => visit.show(await profilePage(visit, remarks, name), status),
  );
  if (renamed) visit.redirect("/account?done=name");
}

/** POST /account/password: changes the password. */
export async function submitPassword(visit: MemberVisit): Promise<void> {
  const changed = await tryForm(
    visit,
    ["currentPassword", "newPassword"],
    () =>
      changePassword(visit.context, {
        currentPassword: visit.field("currentPassword"),
        newPassword: visit.field("newPassword"),
        keepSessionId: visit.session.id,
        deviceToken: readDeviceToken(visit.request, visit.services),
        address: deviceOf(visit).address,
      }),
    async (remarks, status) => visit.show(await profilePage(visit, remarks), status),
  );
  if (changed) visit.redirect("/account?done=password");
}

/** POST /account/sessions/:id/end: ends one of the person's own sessions. Ending this one signs out. */
export async function submitSessionEnd(visit: MemberVisit): Promise<void> {
  const id = String(visit.request.params.id);
  await endOwnSession(visit.context, id);
  if (id !== visit.session.id) return visit.redirect("/account?done=session");
  forgetSession(visit);
  visit.redirect("/sign-in");
}

/** POST /account/sessions/end-others: ends all other sessions of the person. */
export async function submitOthersEnd(visit: MemberVisit): Promise<void> {
  await endOtherSessions(visit.context, visit.session.id);
  visit.redirect("/account?done=sessions");
}

/** POST /account/organization: switches to another organization of the person. */
export async function submitOrganization(visit: MemberVisit): Promise<void> {
  await switchOrganization(visit.context, visit.session.id, visit.field("organization"));
  visit.redirect("/");
}

async function profilePage(visit: MemberVisit, remarks: Remarks, name?: string): Promise<Page> {
  const { session, csrf } = visit;
  const sessions = await listSessions(visit.context);
  return accountPage(visit, {
    title: "Your account",
    banner: remarks.banner || doneBanner(visit, done),
    main: [
      section("you", "Profile", [
        factList([
          ["Email", session.personEmail ? oneLine(session.personEmail) : "none"],
          ["Organization", html`${oneLine(session.organizationName)} (${session.actor.role})`],
        ]),
        html`<form method="post" action="/account/name">
          ${csrfField(csrf)}
          ${field({ name: "name", label: "Name", type: "text", autocomplete: "name", value: name ?? session.personName, fault: remarks.faults.name, maxlength: NAME_LENGTH_MAX })}
          <button>Save name</button>
        </form>`,
      ]),
      section("password", "Password", passwordForm(csrf, session.personEmail, remarks)),
      section("sessions", "Sessions", sessionList(visit, sessions)),
    ],
  });
}

/**
 * Renders the form for a new password. It holds the e-mail address for password managers, which store both together.
 */
const passwordForm = (csrf: string, email: string | null, { faults }: Remarks): Html =>
  html`<form method="post" action="/account/password">
    ${csrfField(csrf)}
    <input type="hidden" name="username" autocomplete="username" value="${email}" />
    ${field({ name: "currentPassword", label: "Current password", type: "password", autocomplete: "current-password", fault: faults.currentPassword })}
    ${field({ name: "newPassword", label: "New password", type: "password", autocomplete: "new-password", hint: "At least 8 characters. This signs you out everywhere else.", fault: faults.newPassword, maxlength: PASSWORD_LENGTH_MAX })}
    <button>Change password</button>
  </form>`;

function sessionList(
  { session, csrf }: MemberVisit,
  sessions: readonly SessionSummary[],
): HtmlValue {
  const now = new Date();
  const hasSeveral = new Set(sessions.map((one) => one.organizationName)).size > 1;
  const ordered = sessions.toSorted(
    (a, b) => Number(b.id === session.id) - Number(a.id === session.id),
  );
  return [
    rows(
      ordered.map((one) =>
        sessionRow(one, { csrf, now, hasSeveral, isThis: one.id === session.id }),
      ),
    ),
    sessions.length > 1 &&
      buttonForm({
        action: "/account/sessions/end-others",
        csrf,
        label: "Sign out everywhere else",
      }),
  ];
}

function sessionRow(
  one: SessionSummary,
  at: { csrf: string; now: Date; hasSeveral: boolean; isThis: boolean },
): Row {
  const device = oneLine(describeUserAgent(one.userAgent));
  return {
    title: [device, at.isThis && html` <span class="mark approved">this device</span>`],
    facts: [
      at.isThis ? "active now" : html`last seen ${relativeTime(one.lastSeenAt, at.now)}`,
      html`signed in ${relativeTime(one.createdAt, at.now)}`,
      one.address && html`from ${oneLine(one.address)}`,
      at.hasSeveral && html`in ${oneLine(one.organizationName)}`,
    ],
    actions:
      !at.isThis &&
      buttonForm({
        action: `/account/sessions/${one.id}/end`,
        csrf: at.csrf,
        label: "Sign out",
        about: device,
      }),
  };
}
