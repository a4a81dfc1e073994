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
  person: { label: "Person", description: "Who belongs to the organization, and what they may do" },
  invitation: { label: "Invitation", description: "Who was asked to become a member" },
  team: approvalsResources.team,
  activity: { label: "Activity", description: "The audit trail" },
  figures: { label: "Figures", description: "How asking and deciding goes, in numbers" },
} as const satisfies Record<string, Resource>;
