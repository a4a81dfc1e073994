import type { Request, Router } from "express";
import { memberPage, type MemberVisit, type Site } from "./site.ts";

type Handle = (visit: MemberVisit) => Promise<void> | void;

/** The addresses of a part of Sayso, with `:name` in the place of an id. */
export interface Routes {
  pages: readonly (readonly [path: string, show: Handle])[];
  /** `back` is the target of a person who has to sign in first, or requests a form's address with GET. */
  forms: readonly (readonly [path: string, back: string, submit: Handle])[];
}

/** Serves them as member pages. */
export function addRoutes(router: Router, site: Site, { pages, forms }: Routes): void {
  for (const [path, show] of pages) router.get(path, memberPage(site, show));
  const isPage = (path: string) => pages.some(([known]) => known === path);
  for (const [path, back, submit] of forms) {
    const backOf = (request: Request) => fillIn(back, request.params);
    router.post(path, memberPage(site, submit, backOf));
    if (!isPage(path))
      router.get(
        path,
        memberPage(site, (visit) => visit.redirect(backOf(visit.request))),
      );
  }
}

const fillIn = (path: string, params: Request["params"]): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
