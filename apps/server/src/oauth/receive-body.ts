import { DomainError } from "@sayso/core";
import type { Request, RequestHandler, Response } from "express";
import { receiveBytes, receiveJson } from "../http/receive-json.ts";

const FORM = "application/x-www-form-urlencoded";

/**
 * Receives the whole body before the protocol begins, so that a slow caller holds no transaction open. Turns JSON into
 * the form that RFC 6749 asks for, because published clients of the approvals API send `POST /api/v1/oauth/token` as
 * JSON. Numbers and booleans become text, null is left out. Passes on HttpError 400, 413, 415 and DomainError
 * `validation_failed` (not an object of plain values).
 */
export const receiveForm: RequestHandler = (request, response, next) => {
  if (request.method !== "POST") return next();
  const received = request.is("json")
    ? receiveJsonAsForm(request, response)
    : receiveAsItIs(request, response);
  received.then(() => next(), next);
};

/** Receives the whole body before the protocol begins, for an endpoint that takes JSON. */
export const receiveOnlyJson: RequestHandler = (request, response, next) => {
  if (!request.is("json")) return next();
  receiveJson(request, response)
    .then((body) => replay(request, JSON.stringify(body ?? null), "application/json"))
    .then(() => next(), next);
};

async function receiveAsItIs(request: Request, response: Response): Promise<void> {
  replay(request, await receiveBytes(request, response), request.headers["content-type"]);
}

async function receiveJsonAsForm(request: Request, response: Response): Promise<void> {
  const body = await receiveJson(request, response);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new DomainError("validation_failed", "The body must be a JSON object");
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === "object" && value !== null)
      throw new DomainError("validation_failed", `${name} must be a text`);
    if (value !== null) form.set(name, String(value));
  }
  replay(request, form.toString(), FORM);
}

/** Lets the next reader of the request find this body in place of the original one. */
function replay(request: Request, body: Buffer | string, contentType: string | undefined): void {
  const bytes = Buffer.from(body);
  request.headers["content-type"] = contentType;
  request.headers["content-length"] = String(bytes.length);
  delete request.headers["transfer-encoding"];
  Object.defineProperties(request, {
    readable: { value: true },
    iterator: { value: () => [bytes] },
  });
}
