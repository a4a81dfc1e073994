import { defineOperation } from "../../operation.ts";
import type { Surface } from "../../surface.ts";
import { jsonObject } from "@sayso/fields";
import { changeEventLabels } from "../changes/events.ts";
import { goalsEventLabels } from "../goals/event-labels.ts";
import { organizationOperations } from "./administration.ts";
import { connectionOperations } from "./connections.ts";
import { deliveryOperations } from "./deliveries.ts";
import { approvalsErrorBody } from "./errors.ts";
import { eventLabels, eventOperations } from "./events.ts";
import { requestOperations } from "./requests.ts";
import { approvalsResources } from "./resources.ts";
import { stepOperations } from "./steps-and-comments.ts";
import { subscriptionOperations } from "./subscriptions.ts";
import { approvalsTriggers } from "./triggers.ts";

const getOpenApi = defineOperation({
  key: "openapi.get",
  http: { method: "GET", path: "/api/v1/openapi" },
  scope: null,
  label: "Get OpenAPI Document",
  description: "Read all APIs of this server as one OpenAPI 3.1 document",
  input: {},
  responses: { 200: jsonObject },
  errors: ["rate_limited"],
});

/** All operations of the approvals surface. */
export const approvalsOperations = {
  ...requestOperations,
  ...stepOperations,
  ...organizationOperations,
  ...deliveryOperations,
  ...eventOperations,
  ...subscriptionOperations,
  ...connectionOperations,
  getOpenApi,
};

/** The approvals surface: its resources, operations, events and triggers. */
export const approvalsSurface: Surface = {
  name: "approvals",
  title: "Sayso approvals API",
  description:
    "Ask people for approval, and receive their decision. Nothing runs without a person's say-so.",
  authorization: "Authorization: Bearer <API key, personal token or OAuth access token>",
  errorBody: approvalsErrorBody,
  resources: approvalsResources,
  operations: approvalsOperations,
  // The feed contains the events of goals too.
  events: { ...eventLabels, ...changeEventLabels, ...goalsEventLabels },
  triggers: approvalsTriggers,
};
