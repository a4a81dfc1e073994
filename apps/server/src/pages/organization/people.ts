import {
  invalidInput,
  invitePerson,
  listConnections,
  listInvitations,
  listMembers,
  sendInvitationAgain,
  showsLinks,
  withdrawInvitation,
  type Connection,
  type Invitation,
  type InvitationLink,
  type Member,
  type Role,
} from "@sayso/core";
import { csrfField } from "../../html/csrf.ts";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { checkbox, choices } from "../../html/inputs.ts";
import { field, type Page } from "../../html/layout.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { rows, section, type Row } from "../../html/rows.ts";
import { buttonForm } from "../../html/button-forms.ts";
import { noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import type { MemberVisit } from "../../site/site.ts";
import { exactTime } from "../../html/times.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { linkPage } from "./link-page.ts";
import { organizationPage } from "./organization-page.ts";
import { submitTransfer, transferForm } from "./transfer.ts";

const roleWords: Record<Role, [name: string, about: string]> = {
  member: ["Member", "Decides what they are asked."],
  admin: ["Admin", "Also looks after people, teams and apps."],
  owner: ["Owner", "Also looks after admins and other owners."],
};

/** A button for each role that the visitor can give; only an owner makes owners. */
export function roleChoices(visit: MemberVisit, role: string, fault?: string): Html {
  const isOwner = role === "owner" || visit.session.actor.role === "owner";
  return choices({
    name: "role",
    label: "Role",
    kind: "radio",
    chosen: [role],
    fault,
    options: Object.entries(roleWords)
      .filter(([value]) => value !== "owner" || isOwner)
      .map(([value, [label, hint]]) => ({ value, label, hint })),
  });
}

/** @throws DomainError `validation_failed` for what is no role */
export function readRole(text: string): Role {
  if (Object.hasOwn(roleWords, text)) return text as Role;
  throw invalidInput({ field: "role", message: "Choose a role" });
}

interface Typed {
  name: string;
  email: string;
  role: string;
  canApprove: boolean;
}

const untouched: Typed = { name: "", email: "", role: "member", canApprove: true };

/** GET /organization/people */
export async function showPeople(visit: MemberVisit): Promise<void> {
  visit.show(await peoplePage(visit, untouched, noRemarks));
}

/** POST /organization/people/:id/connections */
export const submitConnections = (visit: MemberVisit): Promise<void> =>
  submitTransfer(visit, async (remarks, status) =>
    visit.show(await peoplePage(visit, untouched, remarks), status),
  );

/** POST /organization/people: invites somebody; the answer shows their link, this once. */
export async function submitInvitation(visit: MemberVisit): Promise<void> {
  const typed: Typed = {
    name: visit.field("name"),
    email: visit.field("email"),
    role: visit.field("role"),
    canApprove: visit.field("can_approve") === "yes",
  };
  const made = await tryForm(
    visit,
    ["name", "email", "role"],
    async () => invitePerson(visit.context, { ...typed, role: readRole(typed.role) }),
    async (remarks, status) => visit.show(await peoplePage(visit, typed, remarks), status),
  );
  if (!made) return;
  const { name, email } = typed;
  showSent(visit, { name, email, link: made.value.link });
}

function showSent(
  visit: MemberVisit,
  sent: { name: string; email: string; link: InvitationLink },
): void {
  if (!showsLinks(visit.context)) return visit.redirect("/organization/people?done=invited");
  const { link, ...person } = sent;
  visit.show(linkPage(visit, { person: { ...person, id: null }, link, purpose: "invitation" }));
}

/** Does something with the invitation that the form's address names. */
async function act<T>(
  visit: MemberVisit,
  deed: (id: string) => Promise<T>,
): Promise<{ invitation: Invitation; value: T } | null> {
  const id = String(visit.request.params.id);
  const invitation = (await listInvitations(visit.context)).find((one) => one.id === id);
  const done = await tryForm(
    visit,
    [],
    () => deed(id),
    async (remarks, status) => visit.show(await peoplePage(visit, untouched, remarks), status),
  );
  return done && invitation ? { invitation, value: done.value } : null;
}

/** POST /organization/invitations/:id/again */
export async function submitInvitationAgain(visit: MemberVisit): Promise<void> {
  const sent = await act(visit, (id) => sendInvitationAgain(visit.context, id));
  if (sent) showSent(visit, { ...sent.invitation, link: sent.value });
}

/** POST /organization/invitations/:id/withdraw */
export async function submitWithdrawal(visit: MemberVisit): Promise<void> {
  const withdrawn = await act(visit, (id) => withdrawInvitation(visit.context, id));
  if (withdrawn) visit.redirect("/organization/people?done=withdrawn");
}

async function peoplePage(visit: MemberVisit, typed: Typed, remarks: Remarks): Promise<Page> {
  const [people, connections, invitations] = await Promise.all([
    listMembers(visit.context, { includeDisabled: true }),
    listConnections(visit.context),
    listInvitations(visit.context),
  ]);
  const orphans = connections.filter(({ ownerId }) => !people.some(({ id }) => id === ownerId));
  return organizationPage(visit, {
    title: "People",
    banner:
      remarks.banner ||
      doneBanner(visit, {
        removed: "That person is no longer in this organization.",
        transferred: "The connections have their new owner.",
        invited: "The invitation is on its way to them. They are a member once they accept.",
        withdrawn: "The invitation is withdrawn: its link is dead.",
      }),
    main: [
      section(
        "people",
        html`Everybody <small>${people.length}</small>`,
        rows(people.map((person) => personRow(person, visit))),
      ),
      orphans.length > 0 && section("orphans", "Left behind", leftBehind(visit, people, orphans)),
      invitations.length > 0 &&
        section(
          "invitations",
          html`Invited <small>${invitations.length}</small>`,
          rows(invitations.map((invitation) => invitationRow(invitation, visit))),
        ),
      section("invite", "Invite somebody", inviteForm(visit, typed, remarks)),
    ],
  });
}

/** Connections of people who have left, by whose they were: nobody can ask through them until they are taken over. */
function leftBehind(
  visit: MemberVisit,
  people: readonly Member[],
  orphans: readonly Connection[],
): HtmlValue {
  const byOwner = Map.groupBy(orphans, ({ ownerId }) => ownerId);
  return [
    html`<p class="hint">
      Whoever answered for these has left. Nobody can ask through them until somebody else does.
    </p>`,
    [...byOwner].map(([fromPersonId, connections]) => [
      html`<h3>${oneLine(connections[0]?.ownerName ?? "")}</h3>`,
      transferForm(visit, { fromPersonId, connections, people }),
    ]),
  ];
}

function personRow(person: Member, { session }: MemberVisit): Row {
  return {
    title: html`<a href="/organization/people/${person.id}">${oneLine(person.name)}</a>${
        person.id === session.actor.personId && " (you)"
      }
      ${stateMark(person)}`,
    facts: [
      person.role,
      person.email && oneLine(person.email),
      !person.isDisabled && !person.canApprove && "may not approve",
      person.teams.length > 0 && person.teams.map(({ name }, i) => [i > 0 && ", ", oneLine(name)]),
    ],
  };
}

function invitationRow(invitation: Invitation, { csrf }: MemberVisit): Row {
  const { id, name, email, role, isOpen, invitedByName, expiresAt } = invitation;
  const action = `/organization/invitations/${id}`;
  return {
    title: html`${oneLine(name)} <span class="mark high">${isOpen ? "invited" : "expired"}</span>`,
    facts: [
      oneLine(email),
      role,
      invitedByName && html`by ${oneLine(invitedByName)}`,
      isOpen && html`until ${exactTime(expiresAt)}`,
    ],
    actions: [
      buttonForm({ action: `${action}/again`, csrf, label: "Send again" }),
      buttonForm({ action: `${action}/withdraw`, csrf, label: "Withdraw" }),
    ],
  };
}

/** "disabled", or "invited" for whoever has never signed in. */
export function stateMark({ isDisabled, hasSignIn }: Member): HtmlValue {
  if (isDisabled) return html`<span class="mark rejected">disabled</span>`;
  return !hasSignIn && html`<span class="mark high">invited</span>`;
}

function inviteForm(visit: MemberVisit, typed: Typed, { faults }: Remarks): Html {
  return html`<form method="post" action="/organization/people">
    ${csrfField(visit.csrf)}
    ${field({ name: "name", label: "Name", type: "text", autocomplete: "off", value: typed.name, fault: faults.name, maxlength: 100 })}
    ${field({ name: "email", label: "E-mail", type: "email", autocomplete: "off", hint: "They sign in with it.", value: typed.email, fault: faults.email, maxlength: 254 })}
    ${roleChoices(visit, typed.role, faults.role)}
    ${checkbox({ name: "can_approve", label: "May approve requests", isChecked: typed.canApprove })}
    <button class="primary">Invite</button>
  </form>`;
}
