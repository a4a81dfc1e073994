import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, instant, timestamp } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
import { pageOf } from "./schemas.ts";

const byId = z.object({ id: id.describe("The delivery") });

const deliveryStatuses = ["pending", "delivered", "failed", "gone"] as const;

const Attempt = z.object({
  attempt: z.int(),
  started_at: timestamp,
  duration_ms: z.int(),
  status_code: z.int().nullable(),
  error: z.string().nullable(),
  response_body: z.string().nullable().describe("null also where the url is not whole"),
});

export const Delivery = z
  .object({
    id: id.describe("The webhook-id, the same in every attempt"),
    request_id: id.nullable(),
    connection_id: id.nullable(),
    subscription_id: id
      .nullable()
      .describe("The subscription; null: the delivery is a request's callback"),
    event: z.string(),
    url: z
      .string()
      .describe("The full URL for admins and its owner; other people see it up to the port"),
    status: z.enum(deliveryStatuses),
    next_attempt_at: timestamp.nullable(),
    last_status_code: z.int().nullable(),
    last_error: z.string().nullable(),
    delivered_at: timestamp.nullable(),
    created_at: timestamp,
    attempts: z.array(Attempt).describe("The last 50, oldest first"),
  })
  .meta({ id: "Delivery" });

const listDeliveries = defineOperation({
  key: "delivery.list",
  http: { method: "GET", path: "/api/v1/webhooks" },
  scope: "approvals:read",
  label: "List Deliveries",
  description: "List the callbacks and webhooks with all their attempts, newest first",
  input: {
    query: z.object({
      page: wholeNumberText(1, 1_000_000).default(1).describe("Counts from 1"),
      page_size: wholeNumberText(1, 100).default(20).describe("The number of deliveries per page"),
      status: z
        .enum(deliveryStatuses)
        .optional()
        .describe("gone: the receiver answered 410, or its subscription has ended"),
      request_id: id.optional().describe("Only this request's"),
    }),
  },
  responses: { 200: pageOf(Delivery) },
  errors: ["validation_failed", "rate_limited"],
});

const replayDelivery = defineOperation({
  key: "delivery.replay",
  http: { method: "POST", path: "/api/v1/webhooks/{id}/replay" },
  scope: "approvals:write",
  label: "Replay Delivery",
  description: "Send a callback again, with the same webhook-id",
  input: { params: byId },
  responses: { 200: Delivery },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const replayDeliveries = defineOperation({
  key: "delivery.replay_many",
  http: { method: "POST", path: "/api/v1/webhooks/replay" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Replay Failed Deliveries",
  description: "Send all failed callbacks since a time again",
  input: {
    body: z.object({
      failed_since: instant.describe("Only callbacks created at this time or later"),
    }),
  },
  responses: { 200: z.object({ replayed: z.int() }) },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  example: { body: { failed_since: "2026-03-25T10:00:00Z" } },
});

/** The operations of this file, in the order of the documents. */
export const deliveryOperations = {
  listDeliveries,
  replayDeliveries,
  replayDelivery,
};
