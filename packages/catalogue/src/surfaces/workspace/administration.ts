import type { Resource } from "../../surface.ts";
import { approvalsResources } from "../approvals/resources.ts";
import { exportActivity, listActivity, verifyActivity } from "./activity.ts";
import { getFigures } from "./figures.ts";
import * as invitations from "./invitations.ts";
import * as people from "./people.ts";
import { deleteTeam, renameTeam } from "./teams.ts";

/** The operations behind the dashboard's pages about people, teams, activity and numbers. */
export const administrationOperations = {
  listPeople: people.listPeople,
  getPerson: people.getPerson,
  listInvitations: invitations.listInvitations,
  invitePerson: invitations.invitePerson,
  sendInvitationAgain: invitations.sendInvitationAgain,
  withdrawInvitation: invitations.withdrawInvitation,
  invitePersonAgain: people.invitePersonAgain,
  resetPersonPassword: people.resetPersonPassword,
  updatePerson: people.updatePerson,
  disablePerson: people.disablePerson,
  enablePerson: people.enablePerson,
  removePerson: people.removePerson,
  transferConnections: people.transferConnections,
  renameTeam,
  deleteTeam,
  listActivity,
  exportActivity,
  verifyActivity,
  getFigures,
};

export const administrationResources = {
  person: { label: "Person", description: "Who belongs to the organization, and what they may do" },
  invitation: { label: "Invitation", description: "Who was asked to become a member" },
  team: approvalsResources.team,
  activity: { label: "Activity", description: "The audit trail" },
  figures: { label: "Figures", description: "How asking and deciding goes, in numbers" },
} as const satisfies Record<string, Resource>;
