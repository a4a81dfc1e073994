import { approvalsOperations, approvalsSurface } from "@sayso/catalogue";
import type { Handlers } from "../../http/bind.ts";
import { serveSurface } from "../../http/served-surface.ts";
import { administrationHandlers } from "./administration.ts";
import { connectionAndDeliveryHandlers } from "./connections-and-deliveries.ts";
import { eventHandlers } from "./events.ts";
import openApi from "../openapi.generated.json" with { type: "json" };
import { renderApprovalsError } from "./errors.ts";
import { requestHandlers } from "./requests.ts";
import { stepAndCommentHandlers } from "./steps-and-comments.ts";
import { subscriptionHandlers } from "./subscriptions.ts";

/** A handler for every operation of the approvals surface. */
const approvalsHandlers: Handlers<typeof approvalsOperations> = {
  ...requestHandlers,
  ...stepAndCommentHandlers,
  ...administrationHandlers,
  ...connectionAndDeliveryHandlers,
  ...eventHandlers,
  ...subscriptionHandlers,

  getOpenApi({ context }) {
    const { "x-generated": _, ...document } = openApi;
    const body = { ...document, servers: [{ url: context.services.publicUrl }] };
    return Promise.resolve({ status: 200, body });
  },
};

export const approvals = serveSurface(approvalsOperations, approvalsHandlers, {
  declared: approvalsSurface,
  renderError: renderApprovalsError,
  bases: ["/api"],
});
