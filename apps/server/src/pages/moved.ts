import { Router } from "express";
import { publicPage, type Site, type Visit } from "../site/site.ts";

/** The addresses of pages that moved to the dashboard, and their new addresses. */
const moved: readonly (readonly [path: string, to: (visit: Visit) => string])[] = [
  ["/organization/people/:id", (visit) => `/app/people?person=${idOf(visit)}`],
  ["/organization/teams{/*rest}", () => "/app/teams"],
  ["/organization/apps/new/:platform", () => "/app/apps"],
  ["/organization/apps/:id", (visit) => `/app/apps/${idOf(visit)}`],
  ["/organization/apps{/*rest}", () => "/app/apps"],
  ["/organization/grants{/*rest}", () => "/app/apps"],
  ["/organization{/*rest}", () => "/app/people"],
];

const idOf = ({ request }: Visit): string => encodeURIComponent(String(request.params.id));

/** Redirects old links to the dashboard, which asks people to sign in first. */
export function createMovedPages(site: Site): Router {
  const router = Router();
  for (const [path, to] of moved)
    router.get(
      path,
      publicPage(site, (visit) => visit.redirect(to(visit))),
    );
  return router;
}
