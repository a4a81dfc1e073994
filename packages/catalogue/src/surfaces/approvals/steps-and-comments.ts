import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id } from "@sayso/fields";
import { hints } from "./hints.ts";
import { newSteps } from "./new-step.ts";
import { DecideBody } from "./requests.ts";
import { Comment, DecidedStep, listOf, NewComment, Step } from "./schemas.ts";

const byId = z.object({ id: id.describe("The request") });

const createComment = defineOperation({
  key: "comment.create",
  http: { method: "POST", path: "/api/v1/approvals/{id}/comments" },
  scope: "comments:write",
  label: "Add Comment",
  description: "Comment on a request; everybody who sees the request sees the comment",
  input: { params: byId, body: z.object({ body: filledText(5000).describe("What to say") }) },
  ignored: { body: { source: "has no effect: a comment is shown with who wrote it" } },
  responses: { 201: NewComment },
  errors: ["validation_failed", "not_found", "rate_limited"],
  fields: { id: hints.request, body: { label: "Comment", multiline: true } },
  platforms: ["n8n", "zapier", "make"],
  example: { body: { body: "The change window opens at ten." } },
});

const listComments = defineOperation({
  key: "comment.list",
  http: { method: "GET", path: "/api/v1/approvals/{id}/comments" },
  scope: "approvals:read",
  label: "List Comments",
  description: "List the comments on a request, oldest first",
  input: { params: byId },
  responses: { 200: listOf(Comment) },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.request },
  platforms: ["n8n"],
});

const listSteps = defineOperation({
  key: "step.list",
  http: { method: "GET", path: "/api/v1/approvals/{id}/steps" },
  scope: "approvals:read",
  label: "List Steps",
  description: "The steps of a request in their order; none where it is decided as a whole",
  input: { params: byId },
  responses: { 200: listOf(Step) },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.request },
  platforms: ["n8n"],
});

const replaceSteps = defineOperation({
  key: "step.replace",
  http: { method: "POST", path: "/api/v1/approvals/{id}/steps" },
  scope: "approvals:write",
  label: "Set Steps",
  description:
    "Set the steps, replacing all current steps; allowed until the first vote. They run in order, unless the request was made with is_sequential: false",
  input: {
    params: byId,
    body: z.object({
      steps: newSteps.describe(
        "The steps in order. Until they are set, the request can be approved without them; send them with the new request to prevent that",
      ),
    }),
  },
  responses: { 201: listOf(Step) },
  errors: ["validation_failed", "forbidden", "not_found", "invalid_state", "rate_limited"],
  fields: {
    id: hints.request,
    "steps.approver_id": hints.approver,
    "steps.assigned_user_ids": { ...hints.approver, label: "Approvers" },
    "steps.assigned_team_id": hints.team,
  },
  platforms: ["n8n"],
  example: {
    body: {
      steps: [
        { name: "Security", assigned_role: "admin" },
        {
          name: "Operations",
          assigned_team_id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f06",
          required_approvals: 2,
        },
      ],
    },
  },
});

const decideStep = defineOperation({
  key: "step.decide",
  http: { method: "PATCH", path: "/api/v1/approvals/{id}/steps/{stepId}" },
  scope: "approvals:decide",
  label: "Decide Step",
  description: "Vote on one active step, as its approver or as an admin",
  input: {
    params: byId.extend({ stepId: id.describe("The step, from the list of the request's steps") }),
    body: DecideBody,
  },
  responses: { 200: DecidedStep },
  errors: [
    "validation_failed",
    "forbidden",
    "not_found",
    "conflict",
    "invalid_state",
    "rate_limited",
    "emergency_stop",
  ],
  fields: { id: hints.request, stepId: { label: "Step" }, comment: { multiline: true } },
  example: { body: { decision: "approve" } },
});

/** The operations of this file, in the order of the documents. */
export const stepOperations = {
  createComment,
  listComments,
  listSteps,
  replaceSteps,
  decideStep,
};
