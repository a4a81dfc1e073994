import type { Resource } from "../../surface.ts";

/** The resources of the approvals surface. */
export const approvalsResources = {
  approval: { label: "Request", description: "Ask people for a yes, read what they decided" },
  comment: { label: "Comment", description: "What people and machines say about a request" },
  step: { label: "Step", description: "Who decides a request, and in which order" },
  event: { label: "Event", description: "What has happened, in order and without gaps" },
  subscription: { label: "Subscription", description: "Webhooks about events" },
  organization: { label: "Organization", description: "The organization of the credential" },
  action_type: { label: "Action Type", description: "The labels that requests have carried" },
  template: { label: "Template", description: "Field values that requests are made from" },
  team: { label: "Team", description: "People who decide together" },
  member: { label: "Member", description: "The people of the organization" },
  emergency_stop: { label: "Emergency Stop", description: "Stop everything at once" },
  delivery: {
    label: "Delivery",
    description: "The log of webhooks: every attempt, and sending again",
  },
  connection: {
    label: "Connection",
    description: "The machines that may ask, their keys and limits",
  },
  openapi: { label: "OpenAPI", description: "This API, described for machines" },
} as const satisfies Record<string, Resource>;
