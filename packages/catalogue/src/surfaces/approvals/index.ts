import { defineOperation } from "../../operation.ts";
import type { Surface } from "../../surface.ts";
import { jsonObject } from "../../text.ts";
import { goalsEventLabels } from "../goals/event-labels.ts";
import * as administration from "./administration.ts";
import * as connections from "./connections.ts";
import * as deliveries from "./deliveries.ts";
import { approvalsErrorBody } from "./errors.ts";
import { eventLabels, listEvents, streamEvents } from "./events.ts";
import * as requests from "./requests.ts";
import { approvalsResources } from "./resources.ts";
import * as stepsAndComments from "./steps-and-comments.ts";
import * as subscriptions from "./subscriptions.ts";
import { approvalsTriggers } from "./triggers.ts";

const getOpenApi = defineOperation({
  key: "openapi.get",
  http: { method: "GET", path: "/api/v1/openapi" },
  scope: null,
  label: "Get OpenAPI Document",
  description: "All of this server's APIs as one OpenAPI 3.1 document",
  input: {},
  responses: { 200: jsonObject },
  errors: ["rate_limited"],
});

/** All operations of the approvals surface. */
export const approvalsOperations = {
  createApproval: requests.createApproval,
  listApprovals: requests.listApprovals,
  decideApprovals: requests.decideApprovals,
  getApproval: requests.getApproval,
  decideApproval: requests.decideApproval,
  reviseApproval: requests.reviseApproval,
  cancelApproval: requests.cancelApproval,
  delegateVote: requests.delegateVote,
  createComment: stepsAndComments.createComment,
  listComments: stepsAndComments.listComments,
  listSteps: stepsAndComments.listSteps,
  replaceSteps: stepsAndComments.replaceSteps,
  decideStep: stepsAndComments.decideStep,
  getOrganization: administration.getOrganization,
  updateOrganization: administration.updateOrganization,
  rotateOrganizationSecret: administration.rotateOrganizationSecret,
  listActionTypes: administration.listActionTypes,
  listTemplates: administration.listTemplates,
  createTemplate: administration.createTemplate,
  updateTemplate: administration.updateTemplate,
  deleteTemplate: administration.deleteTemplate,
  listTeams: administration.listTeams,
  createTeam: administration.createTeam,
  setTeamMembers: administration.setTeamMembers,
  listMembers: administration.listMembers,
  getEmergencyStop: administration.getEmergencyStop,
  setEmergencyStop: administration.setEmergencyStop,
  listDeliveries: deliveries.listDeliveries,
  replayDeliveries: deliveries.replayDeliveries,
  replayDelivery: deliveries.replayDelivery,
  listEvents,
  streamEvents,
  listSubscriptions: subscriptions.listSubscriptions,
  createSubscription: subscriptions.createSubscription,
  getSubscription: subscriptions.getSubscription,
  deleteSubscription: subscriptions.deleteSubscription,
  testSubscription: subscriptions.testSubscription,
  rotateSubscriptionSecret: subscriptions.rotateSubscriptionSecret,
  listConnections: connections.listConnections,
  createConnection: connections.createConnection,
  getConnection: connections.getConnection,
  updateConnection: connections.updateConnection,
  deleteConnection: connections.deleteConnection,
  rotateKey: connections.rotateKey,
  rotateWebhookSecret: connections.rotateWebhookSecret,
  readWebhookSecrets: connections.readWebhookSecrets,
  getOpenApi,
};

/** The approvals surface: its resources, operations, events and triggers. */
export const approvalsSurface: Surface = {
  name: "approvals",
  title: "Sayso approvals API",
  description:
    "Ask people for a yes, hear what they decided. Nothing runs without a person's say-so.",
  authorization: "Authorization: Bearer <API key, personal token or OAuth access token>",
  errorBody: approvalsErrorBody,
  resources: approvalsResources,
  operations: approvalsOperations,
  // The feed contains the events of goals too.
  events: { ...eventLabels, ...goalsEventLabels },
  triggers: approvalsTriggers,
};
