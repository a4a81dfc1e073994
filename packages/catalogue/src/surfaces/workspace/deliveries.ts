import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, instant, text, timestamp } from "@sayso/fields";
import { Delivery } from "../approvals/deliveries.ts";
import { walk, walkedList } from "./connections.ts";

const headers = z.record(z.string(), z.string()).nullable();

const FoundDelivery = Delivery.omit({ attempts: true })
  .extend({
    connection_name: z.string().nullable(),
    attempts_count: z
      .int()
      .describe("The number of attempts, since the last replay if there was one"),
  })
  .meta({ id: "FoundDelivery" });

const InspectedDelivery = Delivery.extend({
  connection_name: z.string().nullable(),
  is_whole: z
    .boolean()
    .describe(
      "false: it is somebody else's, so its url ends after the port, and of its attempts headers and answers are null",
    ),
  body: z.string().nullable().describe("The body as sent; null: only admins can see it"),
  attempts: z
    .array(
      z.object({
        attempt: z.int(),
        started_at: timestamp,
        duration_ms: z.int(),
        status_code: z.int().nullable(),
        error: z.string().nullable(),
        request_headers: headers.describe(
          "The headers as sent, without the values of callback headers; null: not recorded",
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
    "Search the deliveries, newest first. Each call searches at most 5,000 deliveries, so a page can be short or empty and still have a next_cursor",
  input: {
    query: z.object({
      status: z
        .enum(["pending", "delivered", "failed", "gone"])
        .optional()
        .describe("Only deliveries in this status"),
      connection_id: id.optional().describe("Only deliveries of this connection"),
      subscription_id: id.optional().describe("Only deliveries of this subscription"),
      event: text(100).optional().describe("Such as approval.decided"),
      target: text(200).optional().describe("A part of the URL as shown"),
      created_after: instant.optional().describe("Created at this time or later"),
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
  description: "Read one delivery with its requests, responses and next attempt",
  input: { params: z.object({ id: id.describe("The delivery") }) },
  responses: { 200: InspectedDelivery },
  errors: ["not_found", "rate_limited"],
});

/** The operations that the deliveries' pages need beside the approvals surface. */
export const deliveryPageOperations = { searchDeliveries, getDelivery };
