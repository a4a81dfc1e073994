import type { Routes } from "../../site/routes.ts";
import type { MemberVisit } from "../../site/site.ts";
import { showApp, submitAppDeletion, submitRotation } from "./app.ts";
import { showApps, submitRevocation } from "./apps.ts";
import { showNewApp, submitNewApp } from "./new-app.ts";
import {
  showPeople,
  submitConnections,
  submitInvitation,
  submitInvitationAgain,
  submitWithdrawal,
} from "./people.ts";
import {
  showPerson,
  submitDisabling,
  submitEnabling,
  submitLink,
  submitRemoval,
  submitRole,
} from "./person.ts";
import {
  showTeam,
  showTeams,
  submitTeam,
  submitTeamDeletion,
  submitTeamMembers,
  submitTeamName,
} from "./teams.ts";

const people = "/organization/people";
const person = `${people}/:id`;
const invitation = "/organization/invitations/:id";
const teams = "/organization/teams";
const team = `${teams}/:id`;
const apps = "/organization/apps";
const app = `${apps}/:id`;
const newApp = `${apps}/new/:platform`;

/** Where admins look after the organization. */
export const organizationRoutes: Routes = {
  pages: [
    ["/organization", (visit: MemberVisit) => visit.redirect(people)],
    [people, showPeople],
    [person, showPerson],
    [teams, showTeams],
    [team, showTeam],
    [apps, showApps],
    [app, showApp],
    [newApp, showNewApp],
  ],
  forms: [
    [people, people, submitInvitation],
    [`${invitation}/again`, people, submitInvitationAgain],
    [`${invitation}/withdraw`, people, submitWithdrawal],
    [`${person}/role`, person, submitRole],
    [`${person}/link`, person, submitLink],
    [`${person}/disable`, person, submitDisabling],
    [`${person}/enable`, person, submitEnabling],
    [`${person}/remove`, person, submitRemoval],
    [`${person}/connections`, person, submitConnections],
    [teams, teams, submitTeam],
    [`${team}/name`, team, submitTeamName],
    [`${team}/members`, team, submitTeamMembers],
    [`${team}/delete`, team, submitTeamDeletion],
    [newApp, newApp, submitNewApp],
    [`${app}/secret`, app, submitRotation],
    [`${app}/delete`, app, submitAppDeletion],
    ["/organization/grants/:id/revoke", apps, submitRevocation],
  ],
};
