import {
  createPerson,
  invalidInput,
  listConnections,
  listMembers,
  type Connection,
  type Member,
  type Role,
} from "@sayso/core";
import { csrfField } from "../csrf.ts";
import { html, type Html, type HtmlValue } from "../html.ts";
import { checkbox, choices } from "../inputs.ts";
import { field, type Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { rows, section, type Row } from "../pieces.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { oneLine } from "../untrusted-text.ts";
import { linkPage } from "./link-page.ts";
import { organizationPage } from "./part.ts";
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
    async () => createPerson(visit.context, { ...typed, role: readRole(typed.role) }),
    async (remarks, status) => visit.show(await peoplePage(visit, typed, remarks), status),
  );
  if (!made) return;
  const { personId, invitation } = made.value;
  if (!invitation) return visit.redirect(`/organization/people/${personId}?done=joined`);
  visit.show(
    linkPage(visit, {
      person: { ...typed, id: personId },
      link: invitation,
      purpose: "invitation",
    }),
  );
}

async function peoplePage(visit: MemberVisit, typed: Typed, remarks: Remarks): Promise<Page> {
  const [people, connections] = await Promise.all([
    listMembers(visit.context, { includeDisabled: true }),
    listConnections(visit.context),
  ]);
  const orphans = connections.filter(({ ownerId }) => !people.some(({ id }) => id === ownerId));
  return organizationPage(visit, {
    title: "People",
    banner:
      remarks.banner ||
      doneBanner(visit, {
        removed: "That person is no longer in this organization.",
        transferred: "The connections have their new owner.",
      }),
    main: [
      section(
        "people",
        html`Everybody <small>${people.length}</small>`,
        rows(people.map((person) => personRow(person, visit))),
      ),
      orphans.length > 0 && section("orphans", "Left behind", leftBehind(visit, people, orphans)),
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
