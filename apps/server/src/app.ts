import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticator, CallRecorder, RateLimiter, Services } from "@sayso/core";
import express, { Router, type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import type { AuthorizationServer } from "./oauth/authorization-server.ts";
import { createPages } from "./pages/pages.ts";
import type { Site } from "./site/site.ts";
import { approvals } from "./surfaces/approvals/index.ts";
import { servedSurfaces } from "./served-surfaces.ts";
import { createAdmission } from "./http/admit.ts";
import { createAnonymousLimit } from "./http/anonymous-limit.ts";
import { createAuthenticate } from "./http/authenticate.ts";
import { bindSurface } from "./http/bind.ts";
import { createCallLog } from "./http/call-log.ts";
import { createInFlight } from "./http/in-flight.ts";
import { createRateLimit } from "./http/rate-limit.ts";
import { renderErrors } from "./http/render-errors.ts";
import type { Doors } from "./http/served-surface.ts";

/** Calls without a valid credential, of one address, at all surfaces together. */
const STRANGERS_CALLS_AN_HOUR = 1000;

export interface AppOptions {
  services: Services;
  authenticator: Authenticator;
  limiter: RateLimiter;
  calls: CallRecorder;
  log: Logger;
  site: Site;
  authorizationServer: AuthorizationServer;
  /** As express takes it: false, true, a number of hops, or addresses. */
  trustProxy: boolean | number | string;
  /** /healthz and /readyz */
  health: { alive: RequestHandler; ready: RequestHandler };
  /** Parse every answer by its declared schema; off in production. */
  checkResponses: boolean;
}

/** The HTTP face of Sayso: health, the API surfaces, the pages. */
export function createApp(options: AppOptions): Express {
  const { log } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  app.set("trust proxy", options.trustProxy);

  app.get("/healthz", options.health.alive);
  app.get("/readyz", options.health.ready);
  app.use(identifyRequest(log));
  app.use(options.authorizationServer.router);
  app.use(tellSurfacesApart);
  app.use(serveSurfaces(options));
  app.use(createPages(options.site, options.authorizationServer.provider));
  app.use(renderErrors(log, approvals));
  return app;
}

/** Each surface with its own way in and its own errors. What is nobody's below /api is refused as approvals refuses. */
function serveSurfaces(options: AppOptions): Router {
  const { services, authenticator, limiter, log } = options;
  const doors: Doors = {
    services,
    authenticator,
    limiter,
    authenticate: createAuthenticate({ services, authenticator }),
    rateLimit: createRateLimit(limiter),
  };
  const anonymousLimit = createAnonymousLimit(STRANGERS_CALLS_AN_HOUR);
  const logCall = createCallLog(options.calls);
  const inFlight = createInFlight();
  const router = Router();
  for (const surface of servedSurfaces) {
    const admission = createAdmission({
      authenticate: surface.authenticate?.(doors) ?? doors.authenticate,
      rateLimit: surface.rateLimit?.(doors) ?? doors.rateLimit,
      anonymousLimit,
      logCall,
    });
    const own = Router();
    own.use(bindSurface(surface, { ...options, admission, inFlight }));
    own.use(renderErrors(log, surface));
    router.use(own);
  }
  return router;
}

/** Gives every request an id (the caller's, if it is a sane one) and logs how it ended. */
function identifyRequest(log: Logger): RequestHandler {
  const isLogged = log.isLevelEnabled("debug");
  return (request, response, next) => {
    const given = request.get("x-request-id");
    const id = given && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
    response.setHeader("X-Request-Id", id);
    // No answer of an API has a tag to compare with, and Express would take `*` for one.
    if (request.path.includes("/api/")) delete request.headers["if-none-match"];
    // Whatever is answered is for this caller, now; what may be kept, such as a style sheet, says so itself.
    response.setHeader("Cache-Control", "no-store");
    response.locals.requestId = id;
    response.locals.startedAt = performance.now();
    if (isLogged) logWhenDone(log, request, response, id);
    next();
  };
}

/** Addresses whose last part lets somebody in: one-time links, and the way through an app's question. */
const HAS_A_SECRET = /^\/(welcome|reset|invitation|oauth\/consent|oauth\/authorize)\/.*/;

function logWhenDone(
  log: Logger,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): void {
  const startedAt = performance.now();
  const { method, url } = request;
  response.once("close", () => {
    const durationMs = Math.round(performance.now() - startedAt);
    // The query may hold what somebody put there by mistake, a key for instance.
    log.debug(
      {
        requestId,
        method,
        path: url?.split("?")[0]?.replace(HAS_A_SECRET, "/$1/…"),
        status: response.statusCode,
        durationMs,
        aborted: !response.writableFinished,
      },
      "request",
    );
  });
}

/** The header that tells two surfaces apart which share the path /api/v1/approvals. */
const TENANT_HEADER = "x-tenant-id";
const SHARED_PATH = /^\/api\/v1\/approvals(?=[/?]|$)/;

/** With the header the changes surface is meant, which has an address of its own as well; the body is never looked at. */
const tellSurfacesApart: RequestHandler = (request, _response, next) => {
  if (request.headers[TENANT_HEADER] !== undefined)
    request.url = request.url.replace(SHARED_PATH, "/changes$&");
  next();
};
