import {
  createTeam,
  deleteTeam,
  DomainError,
  listMembers,
  listTeams,
  renameTeam,
  setTeamMembers,
  type Team,
} from "@sayso/core";
import { csrfField } from "../../html/csrf.ts";
import { html, type Html } from "../../html/html.ts";
import { choices } from "../../html/inputs.ts";
import { field, type Page } from "../../html/layout.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { rows, section } from "../../html/rows.ts";
import { confirm } from "../../html/button-forms.ts";
import { noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import type { MemberVisit } from "../../site/site.ts";
import { oneLine, plain } from "../../html/untrusted-text.ts";
import { organizationPage } from "./organization-page.ts";

const NAME_LENGTH_MAX = 100;

/** GET /organization/teams */
export async function showTeams(visit: MemberVisit): Promise<void> {
  visit.show(await teamsPage(visit, "", noRemarks));
}

/** POST /organization/teams: makes one and opens it, to say who is in it. */
export async function submitTeam(visit: MemberVisit): Promise<void> {
  const name = visit.field("name");
  const made = await tryForm(
    visit,
    ["name"],
    () => createTeam(visit.context, { name }),
    async (remarks, status) => visit.show(await teamsPage(visit, name, remarks), status),
  );
  if (made) visit.redirect(`/organization/teams/${made.value.id}?done=made`);
}

async function teamsPage(visit: MemberVisit, name: string, remarks: Remarks): Promise<Page> {
  const teams = await listTeams(visit.context);
  return organizationPage(visit, {
    title: "Teams",
    banner: remarks.banner || doneBanner(visit, { deleted: "The team is deleted." }),
    lead: "A request can be put to a team: then any of its members who may approve can decide it.",
    main: [
      section(
        "teams",
        "All teams",
        rows(
          teams.map((team) => ({
            title: html`<a href="/organization/teams/${team.id}">${oneLine(team.name)}</a>`,
            facts: [memberNames(team)],
          })),
        ) || html`<p class="none">There is none yet.</p>`,
      ),
      section(
        "new-team",
        "Make a team",
        html`<form method="post" action="/organization/teams">
          ${csrfField(visit.csrf)} ${nameField(name, remarks)}
          <button class="primary">Make the team</button>
        </form>`,
      ),
    ],
  });
}

const nameField = (value: string, { faults }: Remarks): Html =>
  field({
    name: "name",
    label: "Name",
    type: "text",
    autocomplete: "off",
    value,
    fault: faults.name,
    maxlength: NAME_LENGTH_MAX,
  });

const NAMES_MAX = 8;

function memberNames({ members }: Team): Html {
  if (members.length === 0) return html`nobody yet`;
  const more = members.length - NAMES_MAX;
  return html`${members
    .slice(0, NAMES_MAX)
    .map(({ name }, i) => [i > 0 && ", ", oneLine(name)])}${more > 0 && ` and ${more} more`}`;
}

const done = {
  made: "The team is made. Choose who is in it.",
  renamed: "The team has its new name.",
  members: "The team's members are saved.",
};

/** GET /organization/teams/:id */
export async function showTeam(visit: MemberVisit): Promise<void> {
  const team = await readTeam(visit);
  visit.show(await teamPage(visit, team, team.name, noRemarks));
}

/** POST /organization/teams/:id/name */
export async function submitTeamName(visit: MemberVisit): Promise<void> {
  const team = await readTeam(visit);
  const name = visit.field("name");
  const renamed = await tryForm(
    visit,
    ["name"],
    () => renameTeam(visit.context, team.id, name),
    async (remarks, status) => visit.show(await teamPage(visit, team, name, remarks), status),
  );
  if (renamed) visit.redirect(`/organization/teams/${team.id}?done=renamed`);
}

/** POST /organization/teams/:id/members: exactly those whose box is ticked. */
export async function submitTeamMembers(visit: MemberVisit): Promise<void> {
  const team = await readTeam(visit);
  const saved = await tryForm(
    visit,
    ["member_ids"],
    () => setTeamMembers(visit.context, team.id, visit.fields("member_ids")),
    async (remarks, status) => visit.show(await teamPage(visit, team, team.name, remarks), status),
  );
  if (saved) visit.redirect(`/organization/teams/${team.id}?done=members`);
}

/** POST /organization/teams/:id/delete */
export async function submitTeamDeletion(visit: MemberVisit): Promise<void> {
  const team = await readTeam(visit);
  const deleted = await tryForm(
    visit,
    [],
    () => deleteTeam(visit.context, team.id),
    async (remarks, status) => visit.show(await teamPage(visit, team, team.name, remarks), status),
  );
  if (deleted) visit.redirect("/organization/teams?done=deleted");
}

async function readTeam(visit: MemberVisit): Promise<Team> {
  const team = (await listTeams(visit.context)).find(({ id }) => id === visit.request.params.id);
  if (!team)
    throw new DomainError("not_found", "There is no such team, or it is not yours to see.");
  return team;
}

async function teamPage(
  visit: MemberVisit,
  team: Team,
  name: string,
  remarks: Remarks,
): Promise<Page> {
  const people = await listMembers(visit.context, { includeDisabled: true });
  const action = `/organization/teams/${team.id}`;
  return organizationPage(visit, {
    title: plain(team.name),
    heading: oneLine(team.name),
    back: { href: "/organization/teams", label: "All teams" },
    banner: remarks.banner || doneBanner(visit, done),
    main: [
      section(
        "members",
        "Members",
        html`<form method="post" action="${action}/members">
          ${csrfField(visit.csrf)}
          ${choices({
            name: "member_ids",
            label: "Who is in this team",
            kind: "checkbox",
            chosen: people
              .filter(({ teams }) => teams.some(({ id }) => id === team.id))
              .map(({ id }) => id),
            fault: remarks.faults.member_ids,
            options: people.map((person) => ({
              value: person.id,
              label: oneLine(person.name),
              hint: [
                person.email && oneLine(person.email),
                person.isDisabled ? ", disabled" : !person.canApprove && ", may not approve",
              ],
            })),
          })}
          <button class="primary">Save the members</button>
        </form>`,
      ),
      section(
        "rename",
        "Name",
        html`<form method="post" action="${action}/name">
          ${csrfField(visit.csrf)} ${nameField(name, remarks)}
          <button>Save the name</button>
        </form>`,
      ),
      confirm({
        action: `${action}/delete`,
        csrf: visit.csrf,
        label: "Delete this team",
        warning:
          "Its members stay in the organization. A request that only this team was asked to decide waits for an admin then.",
        button: "Delete the team",
      }),
    ],
  });
}
