import * as z from "zod";
import { namesOf } from "../../names-of.ts";
import { defineOperation, eventStream } from "../../operation.ts";
import { id, jsonObject, text, timestamp } from "@sayso/fields";
import { commaList, wholeNumberText } from "../../query.ts";
import { changeEventTypes } from "../changes/events.ts";
import { goalsEventFamilies, goalsEventTypes } from "../goals/event-labels.ts";
import { exampleEvent } from "./examples.ts";
import { Via } from "./schemas.ts";
import { DecisionReason, Priority, Status } from "./values.ts";

/** The event types about requests and deliveries in the feed, and their names in menus. They can be subscribed to. */
export const eventLabels = {
  "approval.created": "Request Created",
  "approval.approved": "Request Approved",
  "approval.rejected": "Request Rejected",
  "approval.cancelled": "Request Cancelled",
  "approval.expired": "Request Expired",
  "approval.vote_cast": "Vote Cast",
  "approval.vote_voided": "Vote Voided",
  "approval.step_activated": "Step Activated",
  "approval.step_decided": "Step Decided",
  "approval.steps_replaced": "Steps Replaced",
  "approval.commented": "Comment Added",
  "approval.revised": "Request Revised",
  "approval.auto_action_dropped": "Automatic Approval Dropped",
  "approval.delegated": "Vote Delegated",
  "delivery.failed": "Delivery Failed",
} as const;

export type EventType = keyof typeof eventLabels;

export const eventTypes = namesOf(eventLabels);

/** The families of events that only people who administer the organization see. */
const administrativeFamilies = [
  "organization.*",
  "emergency_stop.*",
  "person.*",
  "session.*",
  "token.*",
  "connection.*",
  "connections.*",
  "client.*",
  "grant.*",
  "team.*",
  "template.*",
  "mail.*",
  "flow.*",
  "review.*",
  "entity.*",
  "entity_type.*",
] as const;

/** A type of event, or a whole family: `approval.*`. */
export const eventTypePatterns = [
  ...eventTypes,
  "approval.*",
  "delivery.*",
  "subscription.*",
  ...goalsEventTypes,
  ...goalsEventFamilies,
  ...changeEventTypes,
  "change.*",
  ...administrativeFamilies,
] as const;

const nullableText = z.string().nullable();

const EventRequest = z
  .object({
    id,
    title: z.string(),
    description: z.string(),
    status: Status.describe("The state after the event"),
    priority: Priority,
    action_type: nullableText,
    source: nullableText,
    source_id: nullableText,
    source_name: nullableText,
    source_url: nullableText,
    metadata: jsonObject.nullable(),
    created_by: id.nullable(),
    connection_id: id.nullable(),
    created_at: timestamp,
    expires_at: timestamp.nullable(),
    required_approvals: z.int(),
    decided_at: timestamp.nullable(),
    decided_by: z
      .object({ id, name: nullableText, email: nullableText })
      .nullable()
      .describe("The person who decided; null: nobody, or not decided yet"),
    decided_via: Via.nullable()
      .optional()
      .describe("The credential that decided or withdrew it; null: nobody, or not decided yet"),
    decision_reason: DecisionReason.nullable().describe(
      "The reason for its end; emergency_stop distinguishes a stop from a cancellation",
    ),
    decision_comment: nullableText,
  })
  .meta({ id: "EventRequest" });

/** An event. The feed, its stream and webhooks send the same form. */
export const Event = z
  .object({
    id: id.describe("The same event always has the same id: skip ids that you have handled"),
    type: z.string().describe("Such as approval.approved"),
    sequence: z
      .int()
      .describe("The number of the event within its request, without gaps; 0 without a request"),
    created_at: timestamp,
    organization_id: id,
    request_id: id.nullable(),
    actor: z
      .object({ kind: z.string(), id: id.nullable(), name: nullableText })
      .describe("The actor: a person, a connection or the system"),
    data: jsonObject.describe("Further facts of this type of event"),
    request: EventRequest.nullable(),
  })
  .meta({ id: "Event", examples: [exampleEvent] });

const types = commaList(eventTypePatterns)
  .optional()
  .describe("Only these types; approval.* selects a family");

const listEvents = defineOperation({
  key: "event.list",
  http: { method: "GET", path: "/api/v1/events" },
  scope: "approvals:read",
  readsFeed: true,
  label: "List Events",
  description:
    "Read events after a cursor, oldest first, without gaps or repetitions. Only admins see events of the administration",
  input: {
    query: z
      .object({
        after: text(200)
          .optional()
          .describe(
            "The next_cursor of the last response; latest: only new events; absent or earliest: from the first event",
          ),
        last: wholeNumberText(1, 100)
          .optional()
          .describe(
            "Returns this many of the newest events, with the cursor after them; replaces after, limit and wait",
          ),
        types,
        limit: wholeNumberText(1, 100).default(50).describe("The maximum number of events"),
        wait: wholeNumberText(0, 30)
          .default(0)
          .describe("The seconds to wait for an event if there is none yet"),
      })
      .refine(
        ({ last, after, wait }) => last === undefined || (after === undefined && wait === 0),
        {
          error: "can't be combined with after or wait: read on from its next_cursor",
          path: ["last"],
        },
      ),
  },
  responses: {
    200: z.object({
      data: z.array(Event),
      next_cursor: z.string().describe("Always set: the cursor for the next call"),
      has_more: z
        .boolean()
        .describe("Whether more events are available now, possibly after an empty page"),
    }),
  },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

const streamEvents = defineOperation({
  key: "event.stream",
  http: { method: "GET", path: "/api/v1/events/stream" },
  scope: "approvals:read",
  readsFeed: true,
  label: "Stream Events",
  description:
    "Stream the events as server-sent events whose ids are cursors; Last-Event-ID resumes",
  input: {
    query: z.object({
      after: text(200)
        .optional()
        .describe(
          "A cursor of the list or the stream; earliest: from the beginning; absent or latest: new events only",
        ),
      types,
    }),
  },
  responses: { 200: eventStream(Event) },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const eventOperations = {
  listEvents,
  streamEvents,
};
