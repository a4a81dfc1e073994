import { DomainError } from "@sayso/core";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { HttpError } from "../http/http-error.ts";

/** Answers errors that came before the protocol in the protocol's form (RFC 6749 §5.2). Passes on every other error. */
export const sendOAuthError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent || !(error instanceof HttpError || error instanceof DomainError)) {
    next(error);
    return;
  }
  const isLimit = error instanceof DomainError && error.code === "rate_limited";
  const retryAfter = error instanceof DomainError && error.details?.retry_after_seconds;
  if (typeof retryAfter === "number") response.set("Retry-After", String(retryAfter));
  if (error instanceof HttpError) response.set(error.headers);
  response.status(isLimit ? 429 : statusOf(error)).json({
    error: isLimit ? "temporarily_unavailable" : "invalid_request",
    error_description: error.message,
  });
};

/** Returns the status. RFC 6749 §5.2 has 400 for every fault of a request. */
const statusOf = (error: Error): number =>
  error instanceof HttpError && [405, 413].includes(error.status) ? error.status : 400;

/** Refuses all other methods at an endpoint. */
export const allowOnly =
  (...methods: string[]): RequestHandler =>
  (request, _response, next) => {
    if (methods.includes(request.method)) return next();
    const allowed = methods.join(", ");
    next(
      new HttpError(
        405,
        "METHOD_NOT_ALLOWED",
        `${request.method} is not possible here; use ${methods[0]}`,
        { Allow: allowed },
      ),
    );
  };
