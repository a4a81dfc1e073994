import type { Resource } from "../../surface.ts";

/** The resources of the approvals surface. */
export const approvalsResources = {
  approval: { label: "Request", description: "Requests for approval, and their decisions" },
  comment: { label: "Comment", description: "Comments on a request" },
  step: { label: "Step", description: "The approvers of a request, in order" },
  event: { label: "Event", description: "Events in order, without gaps" },
  subscription: { label: "Subscription", description: "Webhooks about events" },
  organization: { label: "Organization", description: "The organization of the credential" },
  action_type: { label: "Action Type", description: "The action types of requests" },
  template: { label: "Template", description: "Values for the fields that a request leaves out" },
  team: { label: "Team", description: "Groups of people that requests can ask" },
  member: { label: "Member", description: "The people of the organization" },
  emergency_stop: { label: "Emergency Stop", description: "The stop of all requests at once" },
  delivery: {
    label: "Delivery",
    description: "Webhooks with all their attempts",
  },
  connection: {
    label: "Connection",
    description: "Machines that ask, with their keys and limits",
  },
  openapi: { label: "OpenAPI", description: "The machine-readable description of this API" },
} as const satisfies Record<string, Resource>;
