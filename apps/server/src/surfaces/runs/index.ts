import { runsOperations, runsSurface } from "@sayso/catalogue";
import { serveSurface } from "../../http/served-surface.ts";
import { authenticateRuns } from "./authenticate.ts";
import { renderRunsError } from "./errors.ts";
import { flowHandlers } from "./flows.ts";
import { runHandlers } from "./runs.ts";

export const runs = serveSurface(
  runsOperations,
  { ...flowHandlers, ...runHandlers },
  {
    declared: runsSurface,
    renderError: renderRunsError,
    bases: ["/organizations"],
    authenticate: authenticateRuns,
  },
);
