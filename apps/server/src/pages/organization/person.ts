import {
  disablePerson,
  DomainError,
  enablePerson,
  inviteAgain,
  listConnections,
  listMembers,
  removeMember,
  resetPassword,
  showsLinks,
  updateMember,
  type Connection,
  type Member,
} from "@sayso/core";
import { csrfField } from "../../html/csrf.ts";
import { html, type HtmlValue } from "../../html/html.ts";
import { checkbox } from "../../html/inputs.ts";
import type { Page } from "../../html/layout.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { factList, section } from "../../html/rows.ts";
import { buttonForm, confirm } from "../../html/button-forms.ts";
import { noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import type { MemberVisit } from "../../site/site.ts";
import { exactTime } from "../../html/times.ts";
import { oneLine, plain } from "../../html/untrusted-text.ts";
import { linkPage } from "./link-page.ts";
import { organizationPage } from "./organization-page.ts";
import { readRole, roleChoices, stateMark } from "./people.ts";
import { transferForm } from "./transfer.ts";

const done = {
  saved: "What they may do is saved.",
  disabled: "They are shut out: signed out everywhere, and their tokens and apps refused.",
  enabled: "They can sign in again.",
  transferred: "The connections have their new owner.",
  mailed: "The link is mailed to them. Nobody else is shown it.",
};

/** A person of the organization, with everybody in it. */
interface Dossier {
  person: Member;
  people: Member[];
  connections: Connection[];
}

async function readDossier(visit: MemberVisit): Promise<Dossier> {
  const [people, connections] = await Promise.all([
    listMembers(visit.context, { includeDisabled: true }),
    listConnections(visit.context),
  ]);
  const person = people.find(({ id }) => id === visit.request.params.id);
  if (!person)
    throw new DomainError(
      "not_found",
      "There is no such person, or they are not in your organization.",
    );
  return {
    person,
    people,
    connections: connections.filter(({ ownerId }) => ownerId === person.id),
  };
}

/** GET /organization/people/:id */
export async function showPerson(visit: MemberVisit): Promise<void> {
  visit.show(personPage(visit, await readDossier(visit), noRemarks));
}

/** Does what one of the page's forms asks for; a refusal shows the page again with the reason. */
async function act<T>(
  visit: MemberVisit,
  deed: (person: Member) => Promise<T>,
): Promise<{ person: Member; value: T } | null> {
  const dossier = await readDossier(visit);
  const { person } = dossier;
  const result = await tryForm(
    visit,
    ["role"],
    () => deed(person),
    async (remarks, status) =>
      visit.show(personPage(visit, await readDossier(visit), remarks), status),
  );
  return result && { person, value: result.value };
}

const isSelf = (visit: MemberVisit, person: Member): boolean =>
  person.id === visit.session.actor.personId;

/** POST /organization/people/:id/role */
export async function submitRole(visit: MemberVisit): Promise<void> {
  const saved = await act(visit, async ({ id, isDisabled }) =>
    updateMember(visit.context, id, {
      role: readRole(visit.field("role")),
      // Their page doesn't say what they could do if they were not disabled, nor does it ask.
      canApprove: isDisabled ? undefined : visit.field("can_approve") === "yes",
    }),
  );
  if (!saved) return;
  // Who has made themselves a member is an admin no more, and could not see this page.
  const isLeaving = isSelf(visit, saved.person) && saved.value.role === "member";
  visit.redirect(isLeaving ? "/account" : `/organization/people/${saved.person.id}?done=saved`);
}

/** POST /organization/people/:id/link: an invitation for whoever can't sign in yet, else a way to a new password. */
export async function submitLink(visit: MemberVisit): Promise<void> {
  const made = await act(visit, ({ id, hasSignIn }) =>
    hasSignIn ? resetPassword(visit.context, id) : inviteAgain(visit.context, id),
  );
  if (!made) return;
  const { person, value: link } = made;
  if (!showsLinks(visit.context))
    return visit.redirect(`/organization/people/${person.id}?done=mailed`);
  const purpose = person.hasSignIn ? "password_reset" : "invitation";
  visit.show(linkPage(visit, { person, link, purpose }));
}

/** POST /organization/people/:id/disable */
export async function submitDisabling(visit: MemberVisit): Promise<void> {
  const disabled = await act(visit, ({ id }) => disablePerson(visit.context, id));
  if (disabled) visit.redirect(`/organization/people/${disabled.person.id}?done=disabled`);
}

/** POST /organization/people/:id/enable */
export async function submitEnabling(visit: MemberVisit): Promise<void> {
  const enabled = await act(visit, ({ id }) => enablePerson(visit.context, id));
  if (enabled) visit.redirect(`/organization/people/${enabled.person.id}?done=enabled`);
}

/** POST /organization/people/:id/remove */
export async function submitRemoval(visit: MemberVisit): Promise<void> {
  const removed = await act(visit, ({ id }) => removeMember(visit.context, id));
  if (removed) visit.redirect("/organization/people?done=removed");
}

function personPage(visit: MemberVisit, dossier: Dossier, remarks: Remarks): Page {
  const { person } = dossier;
  return organizationPage(visit, {
    title: plain(person.name),
    heading: html`${oneLine(person.name)} ${stateMark(person)}`,
    back: { href: "/organization/people", label: "Everybody" },
    banner: remarks.banner || doneBanner(visit, done),
    main: [
      html`<div class="card">
        ${factList([
          ["E-mail", person.email ? oneLine(person.email) : "none"],
          [
            "Teams",
            person.teams.length > 0 &&
              person.teams.map(({ id, name }, i) => [
                i > 0 && ", ",
                html`<a href="/organization/teams/${id}">${oneLine(name)}</a>`,
              ]),
          ],
          ["Here since", exactTime(person.createdAt)],
        ])}
      </div>`,
      section("role", "What they may do", roleForm(visit, person, remarks)),
      section("connections", "Their connections", connectionList(visit, dossier)),
      section("access", "Signing in", access(visit, person)),
    ],
  });
}

const roleForm = (visit: MemberVisit, person: Member, { faults }: Remarks): HtmlValue =>
  html`<form method="post" action="/organization/people/${person.id}/role">
    ${csrfField(visit.csrf)} ${roleChoices(visit, person.role, faults.role)}
    ${!person.isDisabled && checkbox({ name: "can_approve", label: "May approve requests", isChecked: person.canApprove })}
    <button>Save</button>
  </form>`;

const connectionList = (visit: MemberVisit, { person, people, connections }: Dossier): HtmlValue =>
  connections.length === 0
    ? html`<p class="none">They answer for none.</p>`
    : [
        html`<p class="hint">
          They answer for these. If they are disabled or leave, nobody can ask through them any
          more.
        </p>`,
        transferForm(visit, { fromPersonId: person.id, connections, people }),
      ];

function access(visit: MemberVisit, person: Member): HtmlValue {
  const action = `/organization/people/${person.id}`;
  const { csrf } = visit;
  const remove = confirm({
    action: `${action}/remove`,
    csrf,
    label: "Remove from this organization",
    warning:
      "They lose what they had here: sessions, tokens, teams and connected apps. What they decided stays.",
    button: "Remove",
  });
  if (person.isDisabled) {
    return [
      html`<p>They are disabled and can't sign in.</p>`,
      buttonForm({ action: `${action}/enable`, csrf, label: "Enable again" }),
      !isSelf(visit, person) && remove,
    ];
  }
  return [
    html`<p>
      ${person.hasSignIn ? "They can sign in. If they can't get in any more, make a link by which they choose a new password." : "They have not joined yet. If their invitation is lost or too old, make a new one."}
    </p>`,
    buttonForm({
      action: `${action}/link`,
      csrf,
      label: person.hasSignIn ? "New sign-in link" : "New invitation",
    }),
    isSelf(visit, person)
      ? html`<p class="hint">This is you: another admin can disable or remove you.</p>`
      : [
          confirm({
            action: `${action}/disable`,
            csrf,
            label: "Disable",
            warning:
              "They are signed out at once; their tokens, apps and connections are refused. You can enable them again.",
            button: "Disable",
          }),
          remove,
        ],
  ];
}
