import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import type { Surface } from "../../surface.ts";
import { text } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
import { requestsErrorBody } from "./errors.ts";
import { AnyRequestId, CreateRequestBody, Request } from "./schemas.ts";

const createRequest = defineOperation({
  key: "request.create",
  http: { method: "POST", path: "/api/v1/requests" },
  scope: "approvals:write",
  label: "Create Request",
  description: "Submit a request for human approval",
  input: { body: CreateRequestBody },
  tolerance: { numbers: ["external_id"] },
  responses: { 201: Request, 200: Request },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited", "emergency_stop"],
  example: {
    body: {
      title: "Refund order 4711",
      external_id: "order-4711",
      payload: { amount: 120 },
    },
  },
});

const getRequest = defineOperation({
  key: "request.get",
  http: { method: "GET", path: "/api/v1/requests/{id}" },
  scope: "approvals:read",
  readsFeed: true,
  label: "Get Request",
  description: "Check the status of a request",
  input: { params: z.object({ id: AnyRequestId.describe("The request") }) },
  responses: { 200: Request },
  errors: ["not_found", "rate_limited"],
});

const listRequests = defineOperation({
  key: "request.list",
  http: { method: "GET", path: "/api/v1/requests" },
  scope: "approvals:read",
  label: "List Requests",
  description: "Find requests by your own reference, newest first",
  input: {
    query: z.object({
      external_id: text(500).optional().describe("Only requests with this reference"),
      limit: wholeNumberText(1, 100).default(20).describe("The maximum number of requests"),
      cursor: text(200).optional().describe("The next_cursor of the previous response"),
    }),
  },
  references: ["external_id"],
  responses: {
    200: z.object({
      data: z.array(Request),
      next_cursor: z.string().nullable().describe("Null: there are no more requests"),
    }),
  },
  errors: ["validation_failed", "rate_limited"],
  example: { query: { external_id: "order-4711" } },
});

/** All operations of the requests surface. */
export const requestsOperations = { createRequest, getRequest, listRequests };

/** The requests surface: a payload, a yes or a no. */
export const requestsSurface: Surface = {
  name: "requests",
  title: "Sayso requests API",
  description: "Submit a payload for human approval and read the decision.",
  authorization: "Authorization: Bearer <project API key>",
  errorBody: requestsErrorBody,
  resources: {
    request: { label: "Human Approval", description: "A payload that waits for a decision" },
  },
  operations: requestsOperations,
  events: {},
  triggers: {},
};
