import { z } from "zod";
import { defineOperation, eventStream } from "../../operation.ts";
import { commaList, id, jsonObject, text, timestamp, wholeNumber } from "../../text.ts";
import { changeEventTypes } from "../changes/events.ts";
import { goalsEventFamilies, goalsEventTypes } from "../goals/event-labels.ts";
import { exampleEvent } from "./examples.ts";
import { DecisionReason, Priority, Status } from "./values.ts";

/** The event types about requests and deliveries in the feed, and their names in menus. They can be subscribed to. */
export const eventLabels = {
  "approval.created": "Request Created",
  "approval.approved": "Request Approved",
  "approval.rejected": "Request Rejected",
  "approval.cancelled": "Request Cancelled",
  "approval.expired": "Request Expired",
  "approval.vote_cast": "Vote Cast",
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

export const eventTypes = Object.keys(eventLabels) as [EventType, ...EventType[]];

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
    status: Status.describe("As of the event"),
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
      .describe("Who decided; null where nobody did, or not yet"),
    decision_reason: DecisionReason.nullable().describe(
      "On what grounds it ended; emergency_stop tells a stop from a cancellation",
    ),
    decision_comment: nullableText,
  })
  .meta({ id: "EventRequest" });

/** An event. The feed, its stream and webhooks send the same form. */
export const Event = z
  .object({
    id: id.describe("What has been handled under this id needs no second look"),
    type: z.string().describe("Such as approval.approved"),
    sequence: z
      .int()
      .describe("Counts the events of one request, without gaps; 0 without a request"),
    created_at: timestamp,
    organization_id: id,
    request_id: id.nullable(),
    actor: z
      .object({ kind: z.string(), id: id.nullable(), name: nullableText })
      .describe("Who did it: a person, a connection or the system"),
    data: jsonObject.describe("What this type of event tells besides"),
    request: EventRequest.nullable(),
  })
  .meta({ id: "Event", examples: [exampleEvent] });

const types = commaList(eventTypePatterns)
  .optional()
  .describe("Only these; approval.* stands for a family");

const listEvents = defineOperation({
  key: "event.list",
  http: { method: "GET", path: "/api/v1/events" },
  scope: "approvals:read",
  readsFeed: true,
  label: "List Events",
  description:
    "What has happened, oldest first, after a cursor; nothing is missing or comes twice. What concerns only the administration is shown to admins",
  input: {
    query: z
      .object({
        after: text(200)
          .optional()
          .describe(
            "The next_cursor of the last answer; latest: only new events; absent or earliest: from the first event",
          ),
        last: wholeNumber(1, 100)
          .optional()
          .describe(
            "Returns this many of the newest events, with the cursor after them; replaces after, limit and wait",
          ),
        types,
        limit: wholeNumber(1, 100).default(50).describe("Events in an answer, at most"),
        wait: wholeNumber(0, 30)
          .default(0)
          .describe("Seconds to wait for an event if there is none yet"),
      })
      .refine(
        ({ last, after, wait }) => last === undefined || (after === undefined && wait === 0),
        {
          error: "last can't be combined with after or wait: read on from its next_cursor",
          path: ["last"],
        },
      ),
  },
  responses: {
    200: z.object({
      data: z.array(Event),
      next_cursor: z.string().describe("Always there: go on from here"),
      has_more: z
        .boolean()
        .describe("Whether there is more at once; also after an empty page, where types are rare"),
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
    "The same events as they happen, as server-sent events whose ids are cursors; Last-Event-ID resumes",
  input: {
    query: z.object({
      after: text(200)
        .optional()
        .describe(
          "A cursor, of the list or the stream; earliest: from the beginning; nothing, or latest: from now on",
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
