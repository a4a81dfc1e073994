import { defineTrigger, type Trigger } from "../../trigger.ts";
import { changeEventTypes } from "../changes/events.ts";
import { goalsEventTypes } from "../goals/event-labels.ts";
import { Event, eventTypes, type EventType } from "./events.ts";
import { exampleEvent, exampleIds } from "./examples.ts";
import { hints } from "./hints.ts";
import { SubscriptionFilter } from "./subscriptions.ts";

/**
 * The fields that narrow a trigger to some requests: a subscription's filter without the fields that the trigger itself
 * decides.
 */
const filter = SubscriptionFilter.omit({ status: true });

const ofRequests = {
  scope: "approvals:read",
  filter,
  fields: { action_type: hints.actionType, source: { advanced: true } },
  item: Event,
} as const satisfies Partial<Trigger>;

const decided = [
  "approval.approved",
  "approval.rejected",
  "approval.cancelled",
  "approval.expired",
] as const satisfies EventType[];

/** The example's request before its decision. */
const pendingRequest = {
  ...exampleEvent.request,
  status: "pending" as const,
  decided_at: null,
  decided_by: null,
  decision_reason: null,
  decision_comment: null,
};

const pending = (type: EventType, sequence: number, data: Record<string, unknown>) => ({
  ...exampleEvent,
  type,
  sequence,
  data,
  request: pendingRequest,
});

/** The triggers of automations on the approvals surface. */
export const approvalsTriggers = {
  requestCreated: defineTrigger({
    key: "approval.created",
    events: ["approval.created"],
    label: "Request Created",
    description: "Triggers when somebody asks for an approval.",
    ...ofRequests,
    platforms: ["zapier", "make"],
    example: pending("approval.created", 1, { required_approvals: 1 }),
  }),

  requestDecided: defineTrigger({
    key: "approval.decided",
    events: decided,
    label: "Request Decided",
    description: "Triggers when a request is approved, rejected, withdrawn or expires.",
    ...ofRequests,
    platforms: ["zapier", "make"],
    example: exampleEvent,
  }),

  requestApproved: defineTrigger({
    key: "approval.approved",
    events: ["approval.approved"],
    label: "Request Approved",
    description: "Triggers when a request is approved.",
    ...ofRequests,
    platforms: ["zapier"],
    example: exampleEvent,
  }),

  voteCast: defineTrigger({
    key: "approval.vote_cast",
    events: ["approval.vote_cast"],
    label: "Vote Cast",
    description: "Triggers when somebody votes on a request.",
    ...ofRequests,
    platforms: ["zapier"],
    example: pending("approval.vote_cast", 3, {
      step_id: null,
      person_id: exampleIds.alice,
      connection_id: null,
      decision: "approve",
      comment: "Verified with the user.",
      source: "page",
    }),
  }),

  stepActivated: defineTrigger({
    key: "approval.step_activated",
    events: ["approval.step_activated"],
    label: "Step Activated",
    description: "Triggers when the approvers of a step can vote.",
    ...ofRequests,
    platforms: ["zapier"],
    example: pending("approval.step_activated", 2, { step_id: exampleIds.step }),
  }),

  commentAdded: defineTrigger({
    key: "comment.created",
    events: ["approval.commented"],
    label: "Comment Added",
    description: "Triggers when somebody comments on a request.",
    ...ofRequests,
    platforms: ["zapier"],
    example: pending("approval.commented", 2, {
      comment_id: exampleIds.comment,
      body: "The change window opens at ten.",
    }),
  }),

  deliveryFailed: defineTrigger({
    key: "delivery.failed",
    events: ["delivery.failed"],
    scope: "approvals:read",
    label: "Delivery Failed",
    description: "Triggers when a callback or webhook has failed for good.",
    item: Event,
    platforms: ["zapier"],
    example: {
      ...exampleEvent,
      type: "delivery.failed",
      sequence: 0,
      request_id: null,
      actor: { kind: "system", id: null, name: null },
      data: {
        delivery_id: exampleIds.delivery,
        request_id: exampleIds.request,
        status: "failed",
        attempts: 12,
        status_code: 503,
        error: null,
      },
      request: null,
    },
  }),

  anyEvent: defineTrigger({
    key: "event.occurred",
    events: [...eventTypes, ...changeEventTypes, ...goalsEventTypes],
    label: "Event",
    description: "Triggers when something happens to a request, a change or a goal.",
    ...ofRequests,
    filter: SubscriptionFilter,
    platforms: ["n8n", "make"],
    example: exampleEvent,
  }),
};
