import type { Resource } from "../../surface.ts";
import { approvalsResources } from "../approvals/resources.ts";
import { activityOperations } from "./activity.ts";
import { figureOperations } from "./figures.ts";
import { invitationOperations } from "./invitations.ts";
import { personOperations } from "./people.ts";
import { teamPageOperations } from "./teams.ts";

/** The operations behind the dashboard's pages about people, teams, activity and numbers. */
export const administrationOperations = {
  ...personOperations,
  ...invitationOperations,
  ...teamPageOperations,
  ...activityOperations,
  ...figureOperations,
};

export const administrationResources = {
  person: { label: "Person", description: "Members of the organization, with their roles" },
  invitation: { label: "Invitation", description: "Invitations to become a member" },
  team: approvalsResources.team,
  activity: { label: "Activity", description: "The audit trail" },
  figures: { label: "Figures", description: "Figures about requests and decisions" },
} as const satisfies Record<string, Resource>;
