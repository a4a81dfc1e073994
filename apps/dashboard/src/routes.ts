import { createRoute, redirect } from "@tanstack/react-router";
import { accessRoutes } from "./access/routes.ts";
import { goalsRoutes } from "./goals/routes.ts";
import { inboxRoutes } from "./inbox/routes.ts";
import { organizationRoutes } from "./organization/routes.ts";
import { requestRoutes } from "./request/routes.ts";
import { rootRoute } from "./root-route.ts";

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => redirect({ to: "/inbox", throw: true }),
});

/** All addresses of the dashboard. Each feature lists its own. */
export const routeTree = rootRoute.addChildren([
  homeRoute,
  ...inboxRoutes,
  ...requestRoutes,
  ...accessRoutes,
  ...organizationRoutes,
  ...goalsRoutes,
]);
