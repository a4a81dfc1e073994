import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, text, timestamp, webAddress } from "@sayso/fields";
import { eventTypePatterns } from "./events.ts";
import { exampleSubscription } from "./examples.ts";
import { listOf } from "./schemas.ts";
import { Priority, Status } from "./values.ts";

const byId = z.object({ id: id.describe("The subscription") });

const anyOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(50).optional();

/** The filter that selects the requests whose events are sent. */
export const SubscriptionFilter = z
  .object({
    priority: anyOf(Priority).describe("Only requests of these priorities"),
    action_type: anyOf(filledText(200)).describe("Only requests of these action types"),
    source: anyOf(filledText(200)).describe("Only requests of these integrations"),
    status: anyOf(Status).describe("Only requests in one of these statuses"),
  })
  .meta({ id: "SubscriptionFilter" });

export const Subscription = z
  .object({
    id,
    target_url: z.string(),
    event_types: z.array(z.string()),
    filter: SubscriptionFilter,
    description: z.string().nullable(),
    connection_id: id.nullable().describe("The connection that owns the subscription"),
    grant_id: id.nullable().describe("The grant of the app that owns the subscription"),
    person_id: id
      .nullable()
      .describe("The person who owns the subscription, or in whose name the app created it"),
    failing_since: timestamp.nullable().describe("The time since which all deliveries have failed"),
    disabled_at: timestamp.nullable().describe("If set, the subscription is disabled"),
    disabled_reason: z
      .enum(["gone", "failing", "owner_gone"])
      .nullable()
      .describe(
        "The reason: the endpoint answered 410, all deliveries failed for five days, or its owner has left",
      ),
    created_at: timestamp,
  })
  .meta({ id: "Subscription", examples: [exampleSubscription] });

const NewSubscription = Subscription.extend({
  secret: z.string().describe("Verifies the webhooks (Standard Webhooks): whsec_…"),
}).meta({
  id: "NewSubscription",
  examples: [{ ...exampleSubscription, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }],
});

const createSubscription = defineOperation({
  key: "subscription.create",
  http: { method: "POST", path: "/api/v1/subscriptions" },
  scope: "approvals:write",
  label: "Create Subscription",
  description:
    "Send events to a URL as signed webhooks. The same call again returns the same subscription and secret",
  input: {
    body: z
      .object({
        target_url: webAddress.describe("The URL that receives each event"),
        event_types: z
          .array(z.enum(eventTypePatterns))
          .min(1)
          .max(50)
          .describe("The types of events; approval.* selects all types of its family"),
        filter: SubscriptionFilter.optional().describe(
          "The requests whose events are sent; default: all",
        ),
        description: text(500).optional().describe("The purpose of the subscription"),
      })
      .meta({ id: "CreateSubscriptionBody" }),
  },
  responses: { 201: NewSubscription, 200: NewSubscription },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited"],
  example: {
    body: {
      target_url: "https://example.com/sayso",
      event_types: ["approval.approved", "approval.rejected"],
      filter: { priority: ["high", "critical"] },
    },
  },
});

const listSubscriptions = defineOperation({
  key: "subscription.list",
  http: { method: "GET", path: "/api/v1/subscriptions" },
  scope: "approvals:read",
  label: "List Subscriptions",
  description: "List your own subscriptions, newest first; admins see those of the organization",
  input: {},
  responses: { 200: listOf(Subscription) },
  errors: ["rate_limited"],
});

const getSubscription = defineOperation({
  key: "subscription.get",
  http: { method: "GET", path: "/api/v1/subscriptions/{id}" },
  scope: "approvals:read",
  label: "Get Subscription",
  description: "Read one subscription with its state",
  input: { params: byId },
  responses: { 200: Subscription },
  errors: ["not_found", "rate_limited"],
});

const deleteSubscription = defineOperation({
  key: "subscription.delete",
  http: { method: "DELETE", path: "/api/v1/subscriptions/{id}" },
  scope: "approvals:write",
  label: "Delete Subscription",
  description: "Delete a subscription; pending deliveries and retries are dropped",
  input: { params: byId },
  responses: { 200: z.object({ id, deleted: z.literal(true) }) },
  errors: ["not_found", "rate_limited"],
});

const testSubscription = defineOperation({
  key: "subscription.test",
  http: { method: "POST", path: "/api/v1/subscriptions/{id}/test" },
  scope: "approvals:write",
  label: "Test Subscription",
  description: "Send one event of the type subscription.tested, signed and logged like all others",
  input: { params: byId },
  responses: { 200: z.object({ delivery_id: id.describe("Also the webhook-id") }) },
  errors: ["not_found", "invalid_state", "rate_limited"],
});

const rotateSubscriptionSecret = defineOperation({
  key: "subscription.rotate_secret",
  http: { method: "POST", path: "/api/v1/subscriptions/{id}/rotate-secret" },
  scope: "approvals:write",
  label: "Rotate Subscription Secret",
  description:
    "Create a new secret, as its maker or an admin in person; for 24 hours both secrets sign webhooks",
  input: { params: byId },
  responses: {
    200: z.object({
      id,
      secret: z.string().describe("Shown once"),
      old_secret_expires_at: timestamp,
    }),
  },
  errors: ["forbidden", "not_found", "invalid_state", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const subscriptionOperations = {
  listSubscriptions,
  createSubscription,
  getSubscription,
  deleteSubscription,
  testSubscription,
  rotateSubscriptionSecret,
};
