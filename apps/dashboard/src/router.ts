import { createRouter } from "@tanstack/react-router";
import { BrokenPage, NotFoundPage } from "./shell/fallback-pages.tsx";
import { routeTree } from "./routes.ts";

/** The router of all pages below /app. Their addresses are in routes.ts. */
export const router = createRouter({
  routeTree,
  basepath: "/app",
  defaultPreload: "intent",
  // Preloaded data goes through the queries, which know how fresh it is.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: BrokenPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
