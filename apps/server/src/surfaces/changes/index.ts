import { changesOperations, changesSurface } from "@sayso/catalogue";
import type { Handlers } from "../../http/bind.ts";
import { serveSurface } from "../../http/served-surface.ts";
import { authenticateInTenant } from "./authenticate.ts";
import { changeHandlers } from "./changes.ts";
import { entityHandlers } from "./entities.ts";
import { renderChangesError } from "./errors.ts";

/** A handler for every operation of the changes surface. */
const changesHandlers: Handlers<typeof changesOperations> = {
  ...changeHandlers,
  ...entityHandlers,
};

export const changes = serveSurface(changesOperations, changesHandlers, {
  declared: changesSurface,
  renderError: renderChangesError,
  bases: ["/changes"],
  authenticate: authenticateInTenant,
});
