import type { Request } from "express";

/**
 * Says whether a request's link leads on to the dashboard: this browser has run the dashboard before
 * (apps/dashboard/src/open-links-here.ts), and nobody asks for the plain page (`?plain`) or for the outcome of one of its
 * forms (`?done`). The cookie only chooses between two pages that show the same.
 */
export function opensInApp({ headers, query }: Request): boolean {
  const hasRun = /(?:^|;\s*)sayso_app=1(?:;|$)/.test(headers.cookie ?? "");
  return hasRun && query.plain === undefined && query.done === undefined;
}
