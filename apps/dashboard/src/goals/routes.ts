import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../root-route.ts";

const objectives = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals",
  // The id of the cycle whose objectives are shown, or "all". Default: the cycle that runs now.
  validateSearch: ({ cycle }: Record<string, unknown>): { cycle?: string } =>
    typeof cycle === "string" ? { cycle } : {},
  component: lazyRouteComponent(() => import("./objectives/objectives-page.tsx"), "ObjectivesPage"),
});

const objective = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals/objectives/$id",
  component: lazyRouteComponent(() => import("./objectives/objective-page.tsx"), "ObjectivePage"),
});

const kpis = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals/kpis",
  component: lazyRouteComponent(() => import("./kpis/kpis-page.tsx"), "KpisPage"),
});

const kpi = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals/kpis/$id",
  component: lazyRouteComponent(() => import("./kpis/kpi-page.tsx"), "KpiPage"),
});

const cycles = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals/cycles",
  component: lazyRouteComponent(() => import("./cycles/cycles-page.tsx"), "CyclesPage"),
});

const reviews = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals/reviews",
  component: lazyRouteComponent(() => import("./reviews/reviews-page.tsx"), "ReviewsPage"),
});

const review = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals/reviews/$id",
  component: lazyRouteComponent(() => import("./reviews/review-page.tsx"), "ReviewPage"),
});

const goalsKeys = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals/keys",
  component: lazyRouteComponent(() => import("./keys/goals-keys-page.tsx"), "GoalsKeysPage"),
});

const tables = createRoute({
  getParentRoute: () => rootRoute,
  path: "/goals/tables",
  component: lazyRouteComponent(() => import("./tables/tables-page.tsx"), "TablesPage"),
});

export const goalsRoutes = [
  objectives,
  objective,
  kpis,
  kpi,
  cycles,
  reviews,
  review,
  goalsKeys,
  tables,
];
