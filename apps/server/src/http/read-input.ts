import { idempotencyField, streamedItem, takesSequence, type AnyOperation } from "@sayso/catalogue";
import { DomainError, type FieldFault } from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import type { Request, Response } from "express";
import type { z } from "zod";
import { fieldsOf, findUnknownFields, type Fields } from "./input-fields.ts";
import { InputError, parseInput } from "./parse-input.ts";
import { receiveBody, refuseBrokenText } from "./receive-json.ts";
import { createQueryTolerance, createTolerance } from "./tolerate.ts";

/** The input of a call, as its operation declares it. */
export interface ReadInput {
  params: Values;
  query: Values;
  body: unknown;
  /** The body as it was sent, with the key of the header `Idempotency-Key` in its field. */
  sentBody: unknown;
  /**
   * Whether the caller takes the first request of its idempotency key also where that had another body: the header
   * `Idempotency-Conflict: return-first`.
   */
  takesFirst: boolean;
  /** The fields that were accepted without having an effect. */
  warnings: FieldFault[];
}

/** @throws DomainError `not_found`; InputError; HttpError 400, 413, 415 */
export type InputReader = (request: Request, response: Response) => Promise<ReadInput>;

type Values = Record<string, unknown>;

const NOTHING: Fields = { named: new Map() };

/** Reads the input of an operation's calls. Refuses undeclared fields, at any depth, instead of dropping them. */
export function createInputReader(operation: AnyOperation): InputReader {
  const { input } = operation;
  const bodyFields = input.body ? fieldsOf(input.body) : NOTHING;
  const queryFields = input.query ? fieldsOf(input.query) : NOTHING;
  const keyField = idempotencyField(operation);
  const isVote = takesSequence(operation);
  const tolerate = createTolerance(operation);
  const tolerateQuery = createQueryTolerance(operation);
  return async (request, response) => {
    const received =
      input.body || hasBody(request) ? await receiveBody(request, response, input.body) : undefined;
    const condition = operation.http.method === "GET" ? undefined : conditionOf(request, isVote);
    const keyed = keyField ? withKey(received, keyField, request) : received;
    const sentBody = condition === undefined ? keyed : withSequence(keyed, condition);
    refuseBrokenText(request.query);
    const params = input.params ? parseParams(input.params, request) : {};
    const query = sortOut(tolerateQuery(queryOf(operation, request)), operation.ignored?.query);
    const tolerated = tolerate(sentBody);
    refuseBrokenText(tolerated.value);
    const body = sortOut(tolerated.value, operation.ignored?.body);
    const unknownInQuery = withAdvice(
      findUnknownFields(queryFields, query.value, "parameter"),
      bodyFields,
      "; it belongs into the body",
    );
    if (!input.query) refuse(unknownInQuery);
    const unknownInBody = withAdvice(
      findUnknownFields(bodyFields, body.value, "field"),
      queryFields,
      "; it belongs into the query",
    );
    if (!input.body) refuse(unknownInBody);
    return {
      params,
      query: input.query ? parseInput(input.query, query.value, unknownInQuery) : {},
      body: input.body ? parseInput(input.body, body.value, unknownInBody) : undefined,
      sentBody,
      takesFirst: keyField !== undefined && takesFirst(request),
      warnings: [...query.warnings, ...tolerated.warnings, ...body.warnings],
    };
  };
}

/** Checks for a body. The body of a GET has no meaning (RFC 9110, 9.3.1), so it doesn't count. */
const hasBody = ({ method, headers }: Request): boolean =>
  method !== "GET" &&
  method !== "HEAD" &&
  (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0);

/** Removes the fields that are known to have no effect here, and returns a warning for each. */
function sortOut(value: unknown, ignored: Readonly<Record<string, string>> | undefined) {
  const warnings: FieldFault[] = [];
  if (!ignored || !isObject(value)) return { value, warnings };
  const kept = Object.entries(value).filter(([field]) => {
    const message = Object.hasOwn(ignored, field) ? ignored[field] : undefined;
    if (message !== undefined) warnings.push({ field, message: `${field} ${message}` });
    return message === undefined;
  });
  return { value: warnings.length > 0 ? Object.fromEntries(kept) : value, warnings };
}

/** Adds to an unknown field's message the place where that field is declared. */
const withAdvice = (faults: FieldFault[], elsewhere: Fields | null, where: string): FieldFault[] =>
  faults.map(({ field, message }) =>
    elsewhere?.named?.has(field) ? { field, message: message + where } : { field, message },
  );

function refuse([first, ...others]: FieldFault[]): void {
  if (first) throw new InputError(first, ...others);
}

/**
 * Returns the query under its declared names. A broken stream is resumed by a header, because browsers send it by
 * themselves.
 */
function queryOf(operation: AnyOperation, request: Request): Values {
  const query: Values = { ...request.query };
  const lastEventId = streamedItem(operation) && request.get("last-event-id");
  if (lastEventId) query.after = lastEventId;
  for (const [other, name] of Object.entries(operation.otherNames ?? {})) {
    const value = query[other];
    if (value === undefined) continue;
    if (query[name] !== undefined && query[name] !== value)
      throw new InputError({ field: other, message: `${other} differs from ${name}; give one` });
    query[name] = value;
    delete query[other];
  }
  return query;
}

/** An id of a wrong form is answered like an id that doesn't exist. */
function parseParams(schema: z.ZodObject, request: Request): Values {
  const parsed = schema.safeParse(request.params);
  if (!parsed.success) throw new DomainError("not_found", "Not found");
  return parsed.data;
}

const KEY_HEADER = "Idempotency-Key";

/**
 * Returns the body with the header's key in its own field, so that a key is the same key in either place. The header
 * can hold it bare or as a quoted string (RFC 9651, 3.3.3).
 *
 * @throws InputError: the key is given twice and differs, or is no valid key
 */
function withKey(body: unknown, field: string, request: Request): unknown {
  const given = request.headersDistinct[KEY_HEADER.toLowerCase()];
  if (!given) return body;
  const [text = "", ...others] = given;
  const key = /^"(?:[^"\\]|\\["\\])*"$/.test(text)
    ? text
        .slice(1, -1)
        .replaceAll(/\\(["\\])/g, "$1")
        .trim()
    : text.trim();
  const wrong = (fault: string) =>
    new InputError({ field: KEY_HEADER, message: `${KEY_HEADER} ${fault}` });
  if (others.length > 0) throw wrong("must be given once");
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) throw wrong("must hold 1 to 255 characters of ASCII");
  if (!isObject(body)) return body;
  const inBody = body[field];
  if (inBody === undefined || inBody === null || inBody === "") return { ...body, [field]: key };
  if (typeof inBody !== "string" || inBody.trim() !== key)
    throw wrong(`differs from ${field}; give the key once`);
  return body;
}

const CONFLICT_HEADER = "Idempotency-Conflict";

/** @throws InputError: another value than `refuse` (the default) and `return-first` */
function takesFirst({ headersDistinct }: Request): boolean {
  const [value = "refuse", ...others] = headersDistinct[CONFLICT_HEADER.toLowerCase()] ?? [];
  if (others.length > 0 || !["refuse", "return-first"].includes(value.trim()))
    throw new InputError({
      field: CONFLICT_HEADER,
      message: `${CONFLICT_HEADER} must be refuse or return-first`,
    });
  return value.trim() === "return-first";
}

/**
 * Reads the version that a vote is for from `If-Match`: bare, or as an entity tag (RFC 9110, 13.1.1). A condition that
 * this call can't check is refused, because its sender relies on it: the change must not happen without it.
 *
 * @throws InputError
 */
function conditionOf({ headersDistinct }: Request, isVote: boolean): number | undefined {
  const wrong = (field: string, fault: string) =>
    new InputError({ field, message: `${field} ${fault}` });
  if (headersDistinct["if-unmodified-since"])
    throw wrong("If-Unmodified-Since", "is not known here; leave it out");
  const given = headersDistinct["if-match"];
  if (!given) return undefined;
  if (!isVote)
    throw wrong(
      "If-Match",
      "is not supported by this call; leave it out. Only a vote can depend on a version: send sequence in its body",
    );
  const [, quoted, bare] =
    /^(?:"([1-9]\d{0,9})"|([1-9]\d{0,9}))$/.exec(given.join(", ").trim()) ?? [];
  const sequence = quoted ?? bare;
  if (sequence === undefined)
    throw wrong("If-Match", 'must hold the sequence of the request as it was read, such as "3"');
  return Number(sequence);
}

/** @throws InputError: the body holds another sequence */
function withSequence(body: unknown, sequence: number): unknown {
  if (!isObject(body)) return body;
  if (body.sequence !== undefined && body.sequence !== sequence)
    throw new InputError({
      field: "If-Match",
      message: "If-Match differs from sequence; give it once",
    });
  return { ...body, sequence };
}
