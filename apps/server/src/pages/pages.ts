import type { Services } from "@sayso/core";
import { Router, type Request } from "express";
import type { Provider } from "oidc-provider";
import { consentPath } from "../oauth/configuration.ts";
import { createConsentPage } from "../oauth/consent.ts";
import { accountRoutes } from "./account/routes.ts";
import { createAnonymousLimit } from "../http/anonymous-limit.ts";
import { createAssets } from "../site/assets.ts";
import { createDashboard } from "./dashboard.ts";
import { showInvitation, submitAcceptance, submitNewcomer } from "./signing-in/invitation.ts";
import { createMovedPages } from "./moved.ts";
import { showForgot, submitForgot } from "./signing-in/forgot.ts";
import {
  showInstead,
  showPayload,
  showRequest,
  submitComment,
  submitDecision,
} from "./request/routes.ts";
import { addRoutes } from "../site/routes.ts";
import { reset, showLinkPage, submitLinkPage, welcome } from "./signing-in/set-password.ts";
import {
  givePasskeyPrompt,
  showSignIn,
  submitPasskeySignIn,
  submitSignIn,
  submitSignOut,
} from "./signing-in/sign-in.ts";
import { memberPage, notFoundPage, publicPage, type PagesLog, type Site } from "../site/site.ts";
import { showRequests } from "./request/waiting.ts";

/** The calls of one network, signed in or not. Each opened sign-in page is one. */
const PASSKEY_CALLS_AN_HOUR = 2000;

/** Creates the parts that all pages share. */
export function createSite(options: { services: Services; log: PagesLog }): Site {
  return { ...options, ...createAssets() };
}

/**
 * Serves the pages for people under the server's root: the dashboard below /app, and plain HTML with a script for
 * passkeys only. To be mounted last: a GET or HEAD of any other address is answered with a page that says 404.
 *
 * GET and HEAD never change anything. Every POST must come from one of these pages (Origin or Sec-Fetch-Site) and,
 * where it needs a session, carry that session's CSRF token. Otherwise it is a 403.
 */
export function createPages(site: Site, provider: Provider): Router {
  const router = Router();
  router.use(site.assetsRouter);
  router.use(createDashboard(site));

  router.get("/sign-in", publicPage(site, showSignIn));
  router.post("/sign-in", publicPage(site, submitSignIn));
  const limit = createAnonymousLimit(PASSKEY_CALLS_AN_HOUR);
  router.get(
    "/sign-in/passkey",
    publicPage(site, (visit) => visit.redirect("/sign-in")),
  );
  router.post(
    "/sign-in/passkey",
    publicPage(site, (visit) => submitPasskeySignIn(visit, limit)),
  );
  router.post(
    "/sign-in/passkey/options",
    publicPage(site, (visit) => givePasskeyPrompt(visit, limit)),
  );
  router.post(
    "/sign-out",
    memberPage(site, submitSignOut, () => "/"),
  );
  for (const page of [welcome, reset]) {
    router.get(
      `/${page.path}/:token`,
      publicPage(site, (visit) => showLinkPage(visit, page)),
    );
    router.post(
      `/${page.path}/:token`,
      publicPage(site, (visit) => submitLinkPage(visit, page)),
    );
  }

  router.get("/invitation/:token", publicPage(site, showInvitation));
  router.post("/invitation/:token", publicPage(site, submitNewcomer));
  const invitationPath = ({ params }: Request) =>
    `/invitation/${encodeURIComponent(String(params.token))}`;
  router.get(
    "/invitation/:token/accept",
    publicPage(site, (visit) => visit.redirect(invitationPath(visit.request))),
  );
  router.post("/invitation/:token/accept", memberPage(site, submitAcceptance, invitationPath));

  // Without mail, this page could do nothing.
  if (site.services.mail.isEnabled) {
    router.get("/forgot", publicPage(site, showForgot));
    router.post("/forgot", publicPage(site, submitForgot));
  }

  const consent = createConsentPage(provider);
  router.get(consentPath(":uid"), memberPage(site, consent.show));
  router.post(consentPath(":uid"), memberPage(site, consent.submit));

  router.get(
    "/",
    memberPage(site, (visit) => visit.redirect("/app/inbox")),
  );
  router.get("/waiting", memberPage(site, showRequests));
  router.get("/requests/:id", memberPage(site, showRequest));
  router.get("/requests/:id/payload", memberPage(site, showPayload));
  for (const [name, submit] of [
    ["decision", submitDecision],
    ["comments", submitComment],
  ] as const) {
    router.get(`/requests/:id/${name}`, memberPage(site, showInstead));
    router.post(`/requests/:id/${name}`, memberPage(site, submit, requestPath));
  }
  addRoutes(router, site, accountRoutes);
  router.use(createMovedPages(site));
  router.get(
    "/{*path}",
    publicPage(site, (visit) => visit.show(notFoundPage(), 404)),
  );
  return router;
}

const requestPath = (request: Request): string =>
  `/requests/${encodeURIComponent(String(request.params.id))}`;
