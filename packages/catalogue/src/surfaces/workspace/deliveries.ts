import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { id, instant, text, timestamp } from "../../text.ts";
import { Delivery } from "../approvals/deliveries.ts";
import { walk, walkedList } from "./connections.ts";

const headers = z.record(z.string(), z.string()).nullable();

const FoundDelivery = Delivery.omit({ attempts: true })
  .extend({
    connection_name: z.string().nullable(),
    attempts_count: z.int().describe("Since a replay, if there was one"),
  })
  .meta({ id: "FoundDelivery" });

const InspectedDelivery = Delivery.extend({
  connection_name: z.string().nullable(),
  is_whole: z
    .boolean()
    .describe(
      "false: it is somebody else's, so its url ends after the port, and of its attempts headers and answers are null",
    ),
  body: z.string().nullable().describe("As sent; null: it tells of what only admins see"),
  attempts: z
    .array(
      z.object({
        attempt: z.int(),
        started_at: timestamp,
        duration_ms: z.int(),
        status_code: z.int().nullable(),
        error: z.string().nullable(),
        request_headers: headers.describe(
          "As sent, callback headers without their values; null: nothing was sent, or before they were kept",
        ),
        response_headers: headers.describe("null: no answer came, or before they were kept"),
        response_body: z.string().nullable().describe("At most 4 kB"),
      }),
    )
    .describe("The last 50, oldest first"),
}).meta({ id: "InspectedDelivery" });

const searchDeliveries = defineOperation({
  key: "delivery.search",
  http: { method: "GET", path: "/api/v1/deliveries" },
  scope: "approvals:read",
  label: "Search Deliveries",
  description:
    "The delivery log, newest first. Each answer looks at 5,000 deliveries at most, so it may hold fewer than the limit, or none, and still have a next_cursor",
  input: {
    query: z.object({
      status: z
        .enum(["pending", "delivered", "failed", "gone"])
        .optional()
        .describe("Only those that stand so"),
      connection_id: id.optional().describe("Only callbacks and events of this connection"),
      subscription_id: id.optional().describe("Only what this subscription was told"),
      event: text(100).optional().describe("Such as approval.decided"),
      target: text(200).optional().describe("Part of the address as it is shown"),
      created_after: instant.optional().describe("Made at this time or later"),
      ...walk("Deliveries"),
    }),
  },
  responses: { 200: walkedList(FoundDelivery) },
  errors: ["validation_failed", "rate_limited"],
});

const getDelivery = defineOperation({
  key: "delivery.get",
  http: { method: "GET", path: "/api/v1/deliveries/{id}" },
  scope: "approvals:read",
  label: "Get Delivery",
  description: "One delivery: what was sent, what was answered, and when it is tried next",
  input: { params: z.object({ id: id.describe("The delivery") }) },
  responses: { 200: InspectedDelivery },
  errors: ["not_found", "rate_limited"],
});

/** The operations that the deliveries' pages need beside the approvals surface. */
export const deliveryPageOperations = { searchDeliveries, getDelivery };
