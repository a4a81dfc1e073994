import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, instant, jsonObject, text, webAddress } from "@sayso/fields";
import { ofFlow } from "./flows.ts";
import { Run, RunDecision, stretchOf, Tag } from "./schemas.ts";
import { walk } from "./walk.ts";

const ofRun = ofFlow.extend({ approvalRunId: id.describe("The run") });

const listRuns = defineOperation({
  key: "run.list",
  http: { method: "GET", path: "/organizations/{organizationId}/approvals/{approvalId}/runs" },
  scope: "flows:read",
  label: "List Runs",
  description: "Read the runs of an approval flow, newest first",
  input: { params: ofFlow, query: z.object(walk) },
  responses: { 200: stretchOf(Run) },
  errors: ["validation_failed", "not_found", "rate_limited"],
  example: { query: { limit: "50" } },
});

const StartRunBody = z
  .object({
    title: filledText(500)
      .optional()
      .describe("The title that reviewers see; default: the flow's name"),
    previousObject: jsonObject.default({}).describe("The current object"),
    object: jsonObject.default({}).describe("The object after the change"),
    tags: z.array(Tag).max(20).optional().describe("Labels; default: the flow's"),
    callbackUrl: webAddress.optional().describe("The URL that receives the decision"),
    expiresAt: instant.optional().describe("The run is denied if nobody decides by then"),
    idempotencyKey: filledText(255)
      .optional()
      .describe("The same key and body return the first run again"),
  })
  .meta({ id: "StartRunBody" });

const startRun = defineOperation({
  key: "run.start",
  http: { method: "POST", path: "/organizations/{organizationId}/approvals/{approvalId}/runs" },
  scope: "flows:write",
  label: "Start Run",
  description: "Ask the reviewers of a flow to approve a change",
  input: { params: ofFlow, body: StartRunBody },
  tolerance: {},
  responses: { 201: Run, 200: Run },
  errors: [
    "validation_failed",
    "forbidden",
    "not_found",
    "conflict",
    "invalid_state",
    "rate_limited",
    "emergency_stop",
  ],
  example: { body: { previousObject: { price: 10 }, object: { price: 12 } } },
});

const getRun = defineOperation({
  key: "run.get",
  http: {
    method: "GET",
    path: "/organizations/{organizationId}/approvals/{approvalId}/runs/{approvalRunId}",
  },
  scope: "flows:read",
  readsFeed: true,
  label: "Get Run",
  description: "Read one run with its results and differences",
  input: { params: ofRun },
  responses: { 200: Run },
  errors: ["not_found", "rate_limited"],
});

const reviewRun = defineOperation({
  key: "run.review",
  http: {
    method: "POST",
    path: "/organizations/{organizationId}/approvals/{approvalId}/runs/{approvalRunId}/results",
  },
  scope: "approvals:decide",
  label: "Review Run",
  description: "Approve or deny your active step",
  input: {
    params: ofRun,
    body: z
      .object({
        result: RunDecision.describe("Whether to approve or to deny"),
        comment: text(2000).optional().describe("Why"),
      })
      .meta({ id: "ReviewRunBody" }),
  },
  responses: { 200: Run },
  errors: [
    "validation_failed",
    "forbidden",
    "not_found",
    "conflict",
    "invalid_state",
    "rate_limited",
    "emergency_stop",
  ],
  example: { body: { result: "approved", comment: "Go ahead" } },
});

/** The operations of this file, in the order of the documents. */
export const runOperations = {
  listRuns,
  startRun,
  getRun,
  reviewRun,
};
