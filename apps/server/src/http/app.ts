import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { approvalsOperations } from "@sayso/catalogue";
import { DomainError, type Services } from "@sayso/core";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import type { AuthorizationServer } from "../oauth/authorization-server.ts";
import { createPages } from "../pages/pages.ts";
import type { Site } from "../pages/site.ts";
import { approvalsErrors, renderApprovalsError } from "../surfaces/approvals/errors.ts";
import { approvalsHandlers } from "../surfaces/approvals/index.ts";
import { createAdmission } from "./admit.ts";
import type { Authenticate } from "./authenticate.ts";
import { bindOperations } from "./bind.ts";
import { HttpError } from "./http-error.ts";
import type { RateLimit } from "./rate-limit.ts";

export interface AppOptions {
  services: Services;
  authenticate: Authenticate;
  rateLimit: RateLimit;
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
  const admission = createAdmission(options);
  app.use(bindOperations(approvalsOperations, approvalsHandlers, { ...options, admission }));
  app.use(
    "/api",
    admission.refuse(
      () =>
        new HttpError(404, "NOT_FOUND", "There is nothing at this address; see /api/v1/openapi"),
    ),
  );
  app.use("/api", renderErrors(log));
  app.use(createPages(options.site, options.authorizationServer.provider));
  app.use(renderErrors(log));
  return app;
}

/** Gives every request an id (the caller's, if it is a sane one) and logs how it ended. */
function identifyRequest(log: Logger): RequestHandler {
  const isLogged = log.isLevelEnabled("debug");
  return (request, response, next) => {
    const given = request.get("x-request-id");
    const id = given && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
    response.setHeader("X-Request-Id", id);
    response.locals.requestId = id;
    if (isLogged) logWhenDone(log, request, response, id);
    next();
  };
}

/** Addresses whose last part lets somebody in: one-time links, and the way through an app's question. */
const HAS_A_SECRET = /^\/(welcome|reset|oauth\/consent|oauth\/authorize)\/.*/;

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

/** Turns whatever was thrown into the approvals surface's envelope. What nobody foresaw is a 500 with a request id. */
function renderErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof HttpError) {
      response
        .set(error.headers)
        .status(error.status)
        .json(renderApprovalsError(error.code, error.message));
      return;
    }
    const requestId = response.locals.requestId as string;
    const known =
      error instanceof DomainError
        ? error
        : isClientFault(error)
          ? new DomainError("validation_failed", "The address is not valid")
          : null;
    if (!known) log.error({ err: error, requestId }, "unexpected error");
    else if (known.code === "unavailable")
      log.warn({ err: known.cause ?? known, requestId }, "database unavailable");
    const { status, code } = approvalsErrors[known?.code ?? "internal"];
    if (known?.code === "unavailable") response.set("Retry-After", "1");
    if (known?.code === "unauthenticated") response.set("WWW-Authenticate", 'Bearer realm="Sayso"');
    if (typeof known?.details?.retry_after_seconds === "number")
      response.set("Retry-After", String(known.details.retry_after_seconds));
    response
      .status(status)
      .json(
        renderApprovalsError(
          code,
          known?.message ?? "Something went wrong on our side",
          known ? known.details : { request_id: requestId },
        ),
      );
  };
}

/** express's own complaint about a path that can't be decoded. */
const isClientFault = (error: unknown): boolean =>
  error instanceof URIError || (error as { status?: unknown } | null)?.status === 400;
