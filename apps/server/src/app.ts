import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticator, CallRecorder, RateLimiter, Services } from "@sayso/core";
import express, {
  Router,
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
} from "express";
import type { Logger } from "pino";
import type { AuthorizationServer } from "./oauth/authorization-server.ts";
import { createPages } from "./pages/pages.ts";
import type { Site } from "./site/site.ts";
import { approvals } from "./surfaces/approvals/index.ts";
import { changes } from "./surfaces/changes/index.ts";
import { servedSurfaces } from "./served-surfaces.ts";
import { createAdmission } from "./http/admit.ts";
import { createAnonymousLimit } from "./http/anonymous-limit.ts";
import { createAuthenticate } from "./http/authenticate.ts";
import { bindSurface } from "./http/bind.ts";
import { createCallLog } from "./http/call-log.ts";
import { createContinuedWaits } from "./http/continued-waits.ts";
import { HttpError } from "./http/http-error.ts";
import { createInFlight } from "./http/in-flight.ts";
import { createRateLimit } from "./http/rate-limit.ts";
import { renderErrors } from "./http/render-errors.ts";
import type { Doors } from "./http/served-surface.ts";

/** Calls without a valid credential that one network has in an hour, on all surfaces together. */
const STRANGERS_CALLS_AN_HOUR = 1000;

export interface AppOptions {
  services: Services;
  authenticator: Authenticator;
  limiter: RateLimiter;
  calls: CallRecorder;
  log: Logger;
  site: Site;
  authorizationServer: AuthorizationServer;
  /** The value for express: false, true, a number of hops, or addresses. */
  trustProxy: boolean | number | string;
  /** /healthz and /readyz */
  health: { alive: RequestHandler; ready: RequestHandler };
  /** Parse every answer by its declared schema; off in production. */
  checkResponses: boolean;
}

/** Creates Sayso's HTTP application: health, the API surfaces, and the pages. */
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
  app.use(separateSurfaces);
  app.use(serveSurfaces(options));
  app.use(createPages(options.site, options.authorizationServer.provider));
  app.use(renderErrors(log, approvals));
  return app;
}

/**
 * Serves each surface with its own authentication and errors. An unknown address below /api is refused in the form of
 * approvals.
 */
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
  const waits = createContinuedWaits();
  const inFlight = createInFlight();
  const router = Router();
  for (const surface of servedSurfaces) {
    const admission = createAdmission({
      authenticate: surface.authenticate?.(doors) ?? doors.authenticate,
      rateLimit: surface.rateLimit?.(doors) ?? doors.rateLimit,
      anonymousLimit,
      logCall,
      waits,
    });
    const own = Router();
    own.use(bindSurface(surface, { ...options, admission, inFlight }));
    if (surface === approvals) own.use(refuseInTenantsForm(log));
    own.use(renderErrors(log, surface));
    router.use(own);
  }
  return router;
}

/** Gives every request an id and logs its end. The id is the caller's, if it is well-formed. */
function identifyRequest(log: Logger): RequestHandler {
  const isLogged = log.isLevelEnabled("debug");
  return (request, response, next) => {
    const given = request.get("x-request-id");
    const id = given && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
    response.setHeader("X-Request-Id", id);
    // No answer of an API has a tag to compare with, but Express would take `*` for a match.
    if (request.path.includes("/api/")) delete request.headers["if-none-match"];
    // Every answer is for this caller, now. Answers that can be cached, such as style sheets, set their own header.
    response.setHeader("Cache-Control", "no-store");
    response.locals.requestId = id;
    response.locals.startedAt = performance.now();
    if (isLogged) logWhenDone(log, request, response, id);
    next();
  };
}

/** Addresses whose last part is a secret: one-time links, and the way through an app's consent page. */
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
    // The path is logged without its query, which can hold a key that somebody put there by mistake.
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

/** The header that separates the two surfaces that share the path /api/v1/approvals. */
const TENANT_HEADER = "x-tenant-id";
const SHARED_PATH = /^\/api\/v1\/approvals(?=[/?]|$)/;

/** Refuses an unknown address below /api in the form of changes, if the call names a tenant: that surface's base is /. */
function refuseInTenantsForm(log: Logger): ErrorRequestHandler {
  const refuse = renderErrors(log, changes);
  return (error: unknown, request, response, next) => {
    const isNowhere = error instanceof HttpError && error.status === 404;
    if (isNowhere && request.headers[TENANT_HEADER] !== undefined)
      refuse(error, request, response, next);
    else next(error);
  };
}

/**
 * Sends a call with this header to the changes surface, under that surface's own address. The body is never read for
 * it.
 */
const separateSurfaces: RequestHandler = (request, _response, next) => {
  if (request.headers[TENANT_HEADER] !== undefined)
    request.url = request.url.replace(SHARED_PATH, "/changes$&");
  next();
};
