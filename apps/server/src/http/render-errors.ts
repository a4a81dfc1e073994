import { errorStatuses } from "@sayso/catalogue";
import { DomainError } from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import type { ErrorRequestHandler } from "express";
import type { Logger } from "pino";
import { HttpError } from "./http-error.ts";
import { InputError } from "./parse-input.ts";
import type { ServedSurface } from "./served-surface.ts";

/** Renders every thrown error in the surface's own form. An unforeseen error is a 500 with a request id. */
export function renderErrors(
  log: Logger,
  { renderError }: Pick<ServedSurface, "renderError">,
): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof HttpError) {
      const { status, message } = error;
      const code = error.code.toLowerCase();
      response.locals.errorCode = code;
      response.set(error.headers).status(status).json(renderError({ status, code, message }));
      return;
    }
    const requestId: unknown = response.locals.requestId;
    const known =
      error instanceof DomainError
        ? error
        : isClientFault(error)
          ? new DomainError("validation_failed", "The address is not valid")
          : null;
    if (!known) log.error({ err: error, requestId }, "unexpected error");
    else if (known.code === "unavailable")
      log.warn({ err: known.cause ?? known, requestId }, "database unavailable");
    if (known?.code === "unavailable") response.set("Retry-After", "1");
    if (known?.code === "unauthenticated") response.set("WWW-Authenticate", 'Bearer realm="Sayso"');
    if (typeof known?.details?.retry_after_seconds === "number")
      response.set("Retry-After", String(known.details.retry_after_seconds));
    const code = known?.code ?? "internal";
    response.locals.errorCode = code;
    const status = errorStatuses[code];
    const message = known?.message ?? "Something went wrong on our side";
    const details = known ? known.details : { request_id: requestId };
    const isInCallersWords = known instanceof InputError;
    response.status(status).json(renderError({ status, code, message, details, isInCallersWords }));
  };
}

/** Recognises express's own error about a path that can't be decoded. */
const isClientFault = (error: unknown): boolean =>
  error instanceof URIError || (isObject(error) && error.status === 400);
