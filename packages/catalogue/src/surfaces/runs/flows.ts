import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { filledLine, filledText, id, text } from "@sayso/fields";
import { Flow, FlowStep, flowStatuses, ObjectAction, stretchOf, Tag } from "./schemas.ts";
import { walk } from "./walk.ts";

const organizationId = z.string().toLowerCase().describe("The organization of the credential");
const inOrganization = z.object({ organizationId });
export const ofFlow = z.object({ organizationId, approvalId: id.describe("The approval flow") });

const Tags = z.array(Tag).max(20);
const Steps = z.array(FlowStep).min(1).max(10);

const CreateFlowBody = z
  .object({
    name: filledLine(200).describe("The name"),
    description: text(5000).describe("The introduction for reviewers"),
    objectType: filledText(180).describe("The kind of object whose changes need this flow"),
    objectAction: ObjectAction.describe("The action on the object"),
    tags: Tags.optional().describe("Labels to filter by"),
    steps: Steps.describe("The reviewers, in order"),
    workspaceId: id.optional().describe("Your own grouping; default: the organization"),
  })
  .meta({ id: "CreateFlowBody" });

const exampleFlow = {
  name: "Price changes",
  description: "Somebody of sales, then finance",
  objectType: "price",
  objectAction: "update" as const,
  steps: [
    {
      type: "any" as const,
      reviewers: [{ type: "user" as const, id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f05" }],
    },
  ],
};

const listFlows = defineOperation({
  key: "flow.list",
  http: { method: "GET", path: "/organizations/{organizationId}/approvals" },
  scope: "flows:read",
  label: "List Approval Flows",
  description: "Read the organization's approval flows, newest first",
  input: {
    params: inOrganization,
    query: z.object({
      ...walk,
      status: z.enum(flowStatuses).default("active").describe("Only this status"),
      objectType: text(180).optional().describe("Only flows for this kind of object"),
      objectAction: ObjectAction.optional().describe("Only flows for this action"),
      tags: text(1000)
        .optional()
        .describe("key:value, or a key alone; of several, separated by commas, all must match"),
    }),
  },
  responses: { 200: stretchOf(Flow) },
  errors: ["validation_failed", "not_found", "rate_limited"],
  example: { query: { objectType: "price", tags: "area:sales" } },
});

const createFlow = defineOperation({
  key: "flow.create",
  http: { method: "POST", path: "/organizations/{organizationId}/approvals" },
  scope: "flows:write",
  label: "Create Approval Flow",
  description: "Set the reviewers for changes of one kind of object",
  input: { params: inOrganization, body: CreateFlowBody },
  responses: { 201: Flow },
  errors: ["validation_failed", "not_found", "rate_limited"],
  example: { body: exampleFlow },
});

const getFlow = defineOperation({
  key: "flow.get",
  http: { method: "GET", path: "/organizations/{organizationId}/approvals/{approvalId}" },
  scope: "flows:read",
  label: "Get Approval Flow",
  description: "Read one approval flow, also a deleted one",
  input: { params: ofFlow },
  responses: { 200: Flow },
  errors: ["not_found", "rate_limited"],
});

const updateFlow = defineOperation({
  key: "flow.update",
  http: { method: "PATCH", path: "/organizations/{organizationId}/approvals/{approvalId}" },
  scope: "flows:write",
  label: "Update Approval Flow",
  description: "Change an approval flow; started runs keep their original steps",
  input: {
    params: ofFlow,
    body: CreateFlowBody.partial()
      .meta({ id: "UpdateFlowBody" })
      .refine(
        (body) => Object.values(body).some((value) => value !== undefined),
        "must change something",
      ),
  },
  responses: { 200: Flow },
  errors: ["validation_failed", "forbidden", "not_found", "invalid_state", "rate_limited"],
  example: { body: { description: "Sales, then finance" } },
});

const deleteFlow = defineOperation({
  key: "flow.delete",
  http: { method: "DELETE", path: "/organizations/{organizationId}/approvals/{approvalId}" },
  scope: "flows:write",
  label: "Delete Approval Flow",
  description: "Delete an approval flow; its runs stay, and started runs continue",
  input: { params: ofFlow },
  responses: { 200: Flow },
  errors: ["forbidden", "not_found", "invalid_state", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const flowOperations = {
  listFlows,
  createFlow,
  getFlow,
  updateFlow,
  deleteFlow,
};
