import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { readOpenedFrom } from "../inbox/filters/opened-from.ts";
import { rootRoute } from "../root-route.ts";

const request = createRoute({
  getParentRoute: () => rootRoute,
  path: "/requests/$id",
  validateSearch: readOpenedFrom,
  component: lazyRouteComponent(() => import("./request-page.tsx"), "RequestPage"),
});

export const requestRoutes = [request];
