import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../root-route.ts";

/** The list that the person came from, where they go on after deciding. */
interface RequestSearch {
  from?: "inbox";
}

const request = createRoute({
  getParentRoute: () => rootRoute,
  path: "/requests/$id",
  validateSearch: ({ from }: Record<string, unknown>): RequestSearch =>
    from === "inbox" ? { from } : {},
  component: lazyRouteComponent(() => import("./request-page.tsx"), "RequestPage"),
});

export const requestRoutes = [request];
