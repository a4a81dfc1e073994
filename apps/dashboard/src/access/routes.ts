import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../root-route.ts";
import { readDeliveryFilter } from "./deliveries/delivery-filter.ts";

const connections = createRoute({
  getParentRoute: () => rootRoute,
  path: "/connections",
  component: lazyRouteComponent(
    () => import("./connections/connections-page.tsx"),
    "ConnectionsPage",
  ),
});

const connection = createRoute({
  getParentRoute: () => rootRoute,
  path: "/connections/$id",
  component: lazyRouteComponent(
    () => import("./connections/connection-page.tsx"),
    "ConnectionPage",
  ),
});

const apps = createRoute({
  getParentRoute: () => rootRoute,
  path: "/apps",
  component: lazyRouteComponent(() => import("./apps/apps-page.tsx"), "AppsPage"),
});

const app = createRoute({
  getParentRoute: () => rootRoute,
  path: "/apps/$id",
  component: lazyRouteComponent(() => import("./apps/app-page.tsx"), "AppPage"),
});

const tokens = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./tokens-page.tsx"), "TokensPage"),
});

const subscriptions = createRoute({
  getParentRoute: () => rootRoute,
  path: "/subscriptions",
  component: lazyRouteComponent(
    () => import("./subscriptions/subscriptions-page.tsx"),
    "SubscriptionsPage",
  ),
});

const deliveries = createRoute({
  getParentRoute: () => rootRoute,
  path: "/deliveries",
  validateSearch: readDeliveryFilter,
  component: lazyRouteComponent(() => import("./deliveries/deliveries-page.tsx"), "DeliveriesPage"),
});

const delivery = createRoute({
  getParentRoute: () => rootRoute,
  path: "/deliveries/$id",
  component: lazyRouteComponent(() => import("./deliveries/delivery-page.tsx"), "DeliveryPage"),
});

const playground = createRoute({
  getParentRoute: () => rootRoute,
  path: "/api",
  validateSearch: ({ operation }: Record<string, unknown>): { operation?: string } =>
    typeof operation === "string" ? { operation } : {},
  component: lazyRouteComponent(() => import("./playground/playground-page.tsx"), "PlaygroundPage"),
});

export const accessRoutes = [
  connections,
  connection,
  apps,
  app,
  tokens,
  subscriptions,
  deliveries,
  delivery,
  playground,
];
