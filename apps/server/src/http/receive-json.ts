import { raw, type Request, type Response } from "express";
import { DomainError } from "@sayso/core";
import { describeInexact, findInexactNumbers } from "@sayso/exact-json";
import { messageOf } from "../thrown.ts";
import { HttpError } from "./http-error.ts";
import type { z } from "zod";
import { InputError } from "./parse-input.ts";
import { readForm } from "./receive-form.ts";

/** Largest body, in bytes. */
export const BODY_BYTES_MAX = 1_000_000;
/** Deepest nesting of a body. */
const JSON_DEPTH_MAX = 64;

const readBytes = raw({ type: () => true, limit: BODY_BYTES_MAX, inflate: false });

/**
 * Returns the body's bytes. Refuses compressed and oversized bodies while they arrive, so memory stays steady.
 *
 * @throws HttpError 400, 413, 415
 */
export function receiveBytes(request: Request, response: Response): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readBytes(request, response, (error?: Error & { type?: string }) => {
      const fault = bodyFaults[error?.type ?? ""];
      if (fault) reject(fault());
      else if (error) reject(error);
      else resolve(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    });
  });
}

const endedEarly = () =>
  new HttpError(400, "VALIDATION_ERROR", "The body ended before its announced length");

const bodyFaults: Record<string, (() => HttpError) | undefined> = {
  "entity.too.large": () =>
    new HttpError(413, "PAYLOAD_TOO_LARGE", `The body may hold at most ${BODY_BYTES_MAX} bytes`, {
      Connection: "close",
    }),
  "encoding.unsupported": () =>
    new HttpError(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body uncompressed"),
  "request.aborted": endedEarly,
  "request.size.invalid": endedEarly,
};

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Returns the request's JSON body (RFC 8259), or undefined if there is none. Refuses other content types, invalid
 * UTF-8, NUL and lone surrogates anywhere, numbers that would lose precision, and nesting deeper than 64. Of duplicate
 * keys the last one wins, here and in everything that reads the body later.
 *
 * @throws HttpError 400, 413, 415; DomainError validation_failed
 */
export async function receiveJson(request: Request, response: Response): Promise<unknown> {
  const bytes = await receiveBytes(request, response);
  if (bytes.length === 0) return undefined;
  if (mediaTypeOf(request) !== "json") throw noJson();
  return readJsonBody(bytes);
}

/**
 * Returns the request's body, or undefined if there is none. Beside JSON it takes a form, and JSON without a content
 * type or announced as a form, if the request carries an `Authorization` header. Without that header a session would
 * count, and a form is what any website can make a browser send (a request with that header it can't).
 *
 * @param schema the schema by which a form is read
 * @throws HttpError 400, 413, 415; DomainError validation_failed
 */
export async function receiveBody(
  request: Request,
  response: Response,
  schema: z.ZodType | undefined,
): Promise<unknown> {
  const bytes = await receiveBytes(request, response);
  if (bytes.length === 0) return undefined;
  const type = mediaTypeOf(request);
  if (type === "json") return readJsonBody(bytes);
  if (type === "other" || request.headers.authorization === undefined) throw noJson();
  const isJson = type === "none" || JSON_BEGINS.test(bytes.toString("latin1", 0, 100));
  if (isJson || !schema) return readJsonBody(bytes);
  const value = readForm(decodeUtf8(bytes), schema);
  refuseBrokenText(value);
  return value;
}

const JSON_BEGINS = /^\s*[[{]/;

type MediaType = "json" | "form" | "none" | "other";

function mediaTypeOf(request: Request): MediaType {
  const [type = "", ...parameters] = (request.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters
    .map((p) => p.trim())
    .find((p) => p.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  if ((charset ?? "utf-8") !== "utf-8") return "other";
  if (/^application\/(?:[\w.-]+\+)?json$/.test(type.trim())) return "json";
  if (type.trim() === "application/x-www-form-urlencoded") return "form";
  return type.trim() === "" ? "none" : "other";
}

const noJson = (): HttpError =>
  new HttpError(415, "UNSUPPORTED_MEDIA_TYPE", "Send JSON with Content-Type: application/json");

function readJsonBody(bytes: Buffer): unknown {
  refuseDeepNesting(bytes);
  const value = parse(decodeUtf8(bytes));
  refuseBrokenText(value);
  return value;
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new DomainError("validation_failed", "The body is not valid UTF-8", { cause });
  }
}

function parse(source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new DomainError("validation_failed", `The body is not valid JSON: ${messageOf(cause)}`, {
      cause,
    });
  }
  refuseInexactNumbers(source);
  return value;
}

/** The length to which a field's name is cut in a message. */
const FIELD_LENGTH_MAX = 200;

function refuseInexactNumbers(source: string): void {
  const [first, ...others] = findInexactNumbers(source).map((number) => {
    const field = number.path.join(".").slice(0, FIELD_LENGTH_MAX) || "body";
    return { field, message: `${field}: ${describeInexact(number)}` };
  });
  if (first) throw new InputError(first, ...others);
}

const [quote, backslash, openBracket, openBrace, closeBracket, closeBrace] = Buffer.from('"\\[{]}');

/** Counts brackets outside strings, so that no parser meets bottomless nesting. */
function refuseDeepNesting(bytes: Buffer): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === backslash) i++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === openBracket || byte === openBrace) {
      if (++depth > JSON_DEPTH_MAX) {
        throw new DomainError(
          "validation_failed",
          `The body is nested deeper than ${JSON_DEPTH_MAX} levels`,
        );
      }
    } else if (byte === closeBracket || byte === closeBrace) depth--;
  }
}

/**
 * Refuses NUL, which PostgreSQL can't store, and lone surrogates, which no encoding can hold.
 *
 * @throws DomainError `validation_failed` that names the field
 */
export function refuseBrokenText(value: unknown, path = ""): void {
  if (typeof value === "string") {
    if (value.includes("\0") || !value.isWellFormed()) {
      const field = path || "body";
      const message = `${field} holds a character that is not allowed (NUL or half of a surrogate pair)`;
      throw new DomainError("validation_failed", message, {
        details: { fields: [{ field, message }] },
      });
    }
  } else if (Array.isArray(value)) {
    value.forEach((item, i) => refuseBrokenText(item, path ? `${path}.${i}` : String(i)));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      refuseBrokenText(key, path);
      refuseBrokenText(inner, path ? `${path}.${key}` : key);
    }
  }
}
