import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { rootRoute } from "../root-route.ts";
import { readActivitySearch } from "./activity/activity-search.ts";
import { readInsightsSearch } from "./insights/insights-search.ts";

/** The state of the people page that its address holds: the search, and the person who is open beside the list. */
interface PeopleSearch {
  search?: string;
  page?: number;
  person?: string;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const people = createRoute({
  getParentRoute: () => rootRoute,
  path: "/people",
  validateSearch: ({ search, page, person }: Record<string, unknown>): PeopleSearch => ({
    search: textOf(typeof search === "number" ? String(search) : search),
    page: typeof page === "number" && Number.isInteger(page) && page > 1 ? page : undefined,
    person: textOf(person),
  }),
  component: lazyRouteComponent(() => import("./people/people-page.tsx"), "PeoplePage"),
});

const teams = createRoute({
  getParentRoute: () => rootRoute,
  path: "/teams",
  component: lazyRouteComponent(() => import("./teams-page.tsx"), "TeamsPage"),
});

const templates = createRoute({
  getParentRoute: () => rootRoute,
  path: "/templates",
  component: lazyRouteComponent(() => import("./templates-page.tsx"), "TemplatesPage"),
});

const settings = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage"),
});

const activity = createRoute({
  getParentRoute: () => rootRoute,
  path: "/activity",
  validateSearch: readActivitySearch,
  component: lazyRouteComponent(() => import("./activity/activity-page.tsx"), "ActivityPage"),
});

const insights = createRoute({
  getParentRoute: () => rootRoute,
  path: "/insights",
  validateSearch: readInsightsSearch,
  component: lazyRouteComponent(() => import("./insights/insights-page.tsx"), "InsightsPage"),
});

/** The earlier address of the insights. */
const figures = createRoute({
  getParentRoute: () => rootRoute,
  path: "/figures",
  validateSearch: readInsightsSearch,
  beforeLoad: ({ search }) => {
    redirect({ to: "/insights", search, replace: true, throw: true });
  },
});

export const organizationRoutes = [people, teams, templates, settings, activity, insights, figures];
