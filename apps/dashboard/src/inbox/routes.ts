import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../root-route.ts";
import { readSearch } from "./filters/filters.ts";

const inbox = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./inbox-page.tsx"), "InboxPage"),
});

const requests = createRoute({
  getParentRoute: () => rootRoute,
  path: "/requests",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./requests-page.tsx"), "RequestsPage"),
});

export const inboxRoutes = [inbox, requests];
