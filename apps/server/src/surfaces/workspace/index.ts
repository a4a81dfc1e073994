import { workspaceOperations, workspaceSurface } from "@sayso/catalogue";
import type { Handlers } from "../../http/bind.ts";
import { serveSurface } from "../../http/served-surface.ts";
import { renderApprovalsError } from "../approvals/errors.ts";
import { appPageHandlers } from "./apps.ts";
import { connectionPageHandlers } from "./connections.ts";
import { deliveryPageHandlers } from "./deliveries.ts";
import { inboxHandlers } from "./inbox.ts";
import { goalPageHandlers } from "./goals.ts";
import { activityHandlers } from "./activity.ts";
import { figuresHandlers } from "./figures.ts";
import { invitationHandlers } from "./invitations.ts";
import { meHandlers } from "./me.ts";
import { peopleHandlers } from "./people.ts";
import { teamHandlers } from "./teams.ts";
import { reviewPageHandlers } from "./reviews.ts";
import { requestPageHandlers } from "./request-page.ts";
import { tokenPageHandlers } from "./tokens.ts";
import { viewHandlers } from "./views.ts";

/** A handler for every operation of the workspace surface. */
const workspaceHandlers: Handlers<typeof workspaceOperations> = {
  ...meHandlers,
  ...peopleHandlers,
  ...invitationHandlers,
  ...teamHandlers,
  ...activityHandlers,
  ...figuresHandlers,
  ...inboxHandlers,
  ...viewHandlers,
  ...requestPageHandlers,
  ...connectionPageHandlers,
  ...appPageHandlers,
  ...tokenPageHandlers,
  ...deliveryPageHandlers,
  ...goalPageHandlers,
  ...reviewPageHandlers,
};

export const workspace = serveSurface(workspaceOperations, workspaceHandlers, {
  declared: workspaceSurface,
  renderError: renderApprovalsError,
  // The approvals surface refuses every unknown address below /api.
  bases: [],
});
