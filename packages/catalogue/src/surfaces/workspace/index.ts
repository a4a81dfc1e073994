import type { Surface } from "../../surface.ts";
import { approvalsErrorBody } from "../approvals/errors.ts";
import { approvalsResources } from "../approvals/resources.ts";
import { administrationOperations, administrationResources } from "./administration.ts";
import { appPageOperations, appPageResources } from "./apps.ts";
import { connectionPageOperations } from "./connections.ts";
import { deliveryPageOperations } from "./deliveries.ts";
import { goalPageOperations, goalPageResources } from "./goals.ts";
import { inboxOperations } from "./inbox.ts";
import { meOperations } from "./me.ts";
import { reviewPageOperations, reviewPageResources } from "./reviews.ts";
import { differenceOperations } from "./difference.ts";
import { requestPageOperations } from "./request-page.ts";
import { tokenPageOperations, tokenPageResources } from "./tokens.ts";
import { viewOperations } from "./views.ts";

/** All operations of the workspace surface, which the dashboard needs beside the other surfaces. */
export const workspaceOperations = {
  ...requestPageOperations,
  ...differenceOperations,
  ...meOperations,
  ...administrationOperations,
  ...inboxOperations,
  ...viewOperations,
  ...connectionPageOperations,
  ...appPageOperations,
  ...tokenPageOperations,
  ...deliveryPageOperations,
  ...goalPageOperations,
  ...reviewPageOperations,
};

/** The workspace surface: people, waiting requests, access, and activity. */
export const workspaceSurface: Surface = {
  name: "workspace",
  title: "Sayso workspace API",
  description: "The API of the dashboard: people, inboxes, access and activity.",
  authorization: "Authorization: Bearer <personal token>, or the session of the signed-in person",
  errorBody: approvalsErrorBody,
  resources: {
    ...administrationResources,
    approval: approvalsResources.approval,
    me: { label: "Me", description: "The caller" },
    inbox: { label: "Inbox", description: "Requests that wait for the caller" },
    view: { label: "View", description: "A saved list of requests with its filters" },
    connection: approvalsResources.connection,
    delivery: approvalsResources.delivery,
    ...appPageResources,
    ...tokenPageResources,
    ...goalPageResources,
    ...reviewPageResources,
  },
  operations: workspaceOperations,
  events: {},
  triggers: {},
};
