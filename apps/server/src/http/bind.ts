import {
  downloadTypes,
  streamedItem,
  type AnyOperation,
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  type ReplyOf,
  type SentFile,
  type StreamedPart,
} from "@sayso/catalogue";
import { DomainError, type Context, type Services } from "@sayso/core";
import { Router, type Request, type Response } from "express";
import { z } from "zod";
import type { Admission } from "./admit.ts";
import type { Credential } from "./authenticate.ts";
import { createEventStreams, type SendEventStream } from "./event-stream.ts";
import { HttpError } from "./http-error.ts";
import { parseInput } from "./parse-input.ts";
import { receiveJson, refuseBrokenText } from "./receive-json.ts";
import { sendFile } from "./send-file.ts";
import type { ServedSurface } from "./served-surface.ts";

/** One call of an operation, parsed and allowed. */
export interface Call<O> {
  context: Context;
  params: ParamsOf<O>;
  query: QueryOf<O>;
  body: BodyOf<O>;
  /** The body as it was sent, before defaults and coercion: what idempotent calls are compared by. */
  sentBody: unknown;
  /** Aborted when the caller hangs up. */
  signal: AbortSignal;
  /**
   * For a call that has waited: whether the caller may still be told.
   *
   * @throws DomainError `unauthenticated`
   */
  recheck: () => Promise<void>;
}

/** What a handler answers; headers go beside what every answer carries. */
export type Reply<O> = ReplyOf<O> & { headers?: Readonly<Record<string, string | number>> };

export type Handler<O> = (call: Call<O>) => Promise<Reply<O>>;

/** A handler for every operation: one that is missing does not compile. */
export type Handlers<Operations> = { [Name in keyof Operations]: Handler<Operations[Name]> };

export interface BindOptions {
  services: Services;
  admission: Admission;
  /** Parse every answer by its declared schema; off in production. */
  checkResponses: boolean;
}

/**
 * Routes each operation of a surface: authenticate → rate-limit → scope → receive → parse by the catalogue → handler → answer.
 * A known path with another method is a 405, anything else below the surface's bases a 404.
 */
export function bindSurface(
  { declared, handlers, bases }: ServedSurface,
  options: BindOptions,
): Router {
  const router = Router({ caseSensitive: true, strict: false });
  const sendEventStream = createEventStreams();
  const methods = new Map<string, string[]>();
  for (const [name, operation] of Object.entries(declared.operations)) {
    const path = operation.http.path.replaceAll(/\{(\w+)\}/g, ":$1");
    const handle = handlers[name]!;
    router[operation.http.method.toLowerCase() as "get"](path, (request, response, next) => {
      answer(operation, handle, { ...options, sendEventStream }, request, response).catch(next);
    });
    methods.set(path, [...(methods.get(path) ?? []), operation.http.method]);
  }
  for (const [path, allowed] of methods) {
    router.all(
      path,
      options.admission.refuse((request) => methodNotAllowed(request.method, allowed.join(", "))),
    );
  }
  if (bases.length > 0) router.use([...bases], options.admission.refuse(nothingHere));
  return router;
}

const methodNotAllowed = (method: string, allowed: string): HttpError =>
  new HttpError(405, "METHOD_NOT_ALLOWED", `${method} is not possible here; use ${allowed}`, {
    Allow: allowed,
  });

const nothingHere = (): HttpError =>
  new HttpError(404, "NOT_FOUND", "There is nothing at this address; see /api/v1/openapi");

async function answer(
  operation: AnyOperation,
  handle: Handler<AnyOperation>,
  options: BindOptions & { sendEventStream: SendEventStream },
  request: Request,
  response: Response,
) {
  const credential = await options.admission.admit(operation, request, response);
  const sentBody = operation.input.body ? await receiveJson(request, response) : undefined;
  refuseBrokenText(request.query);
  const isAllowed = watch(options.admission, operation, request, response, credential);
  const call = {
    // An operation without a scope has no caller, and its handler doesn't look at the context.
    context: {
      services: options.services,
      organizationId: credential?.organizationId ?? "",
      actor: credential?.actor ?? { kind: "system" as const },
    },
    params: operation.input.params ? parseParams(operation, request) : {},
    query: operation.input.query
      ? parseInput(operation.input.query, queryOf(operation, request))
      : {},
    body: operation.input.body ? parseInput(operation.input.body, sentBody) : undefined,
    sentBody,
    get signal() {
      return abortedWhenClosed(response);
    },
    async recheck() {
      if (!(await isAllowed()))
        throw new DomainError("unauthenticated", "This credential is not valid any more");
    },
  };
  const reply = await handle(call as Call<AnyOperation>);
  if (options.checkResponses) checkReply(operation, reply);
  const item = streamedItem(operation);
  if (item) {
    const parts = reply.body as AsyncIterable<StreamedPart<unknown>>;
    const check = options.checkResponses
      ? (data: unknown) => checkItem(operation, item, data)
      : undefined;
    await options.sendEventStream({ request, response, parts, isAllowed, check });
    return;
  }
  if (downloadTypes(operation)) {
    await sendFile(response, reply.body as SentFile, isAllowed);
    return;
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.status(reply.status).json(reply.body);
}

/** A stream that broke off is resumed by a header, which browsers send by themselves. */
function queryOf(operation: AnyOperation, request: Request): Request["query"] {
  const lastEventId = streamedItem(operation) && request.get("last-event-id");
  return lastEventId ? { ...request.query, after: lastEventId } : request.query;
}

/** A session is looked up in the database each time, other credentials are remembered for a moment. */
const ASK_APART_MS = { session: 800, bearer: 150 };

/** Asks again and again whether the caller may still be told, no oftener than makes sense. */
function watch(
  admission: Admission,
  operation: AnyOperation,
  request: Request,
  response: Response,
  credential: Credential | null,
): () => Promise<boolean> {
  const apartMs =
    request.headers.authorization === undefined ? ASK_APART_MS.session : ASK_APART_MS.bearer;
  let askedAt = performance.now();
  let answer = Promise.resolve(true);
  return () => {
    if (credential !== null && performance.now() - askedAt >= apartMs) {
      askedAt = performance.now();
      answer = admission.isStillAdmitted(operation, request, response, credential);
    }
    return answer;
  };
}

/** An id that can't be one is as unknown as one that doesn't exist. */
function parseParams(operation: AnyOperation, request: Request): unknown {
  const parsed = (operation.input.params as z.ZodObject).safeParse(request.params);
  if (!parsed.success) throw new DomainError("not_found", "Not found");
  return parsed.data;
}

function abortedWhenClosed(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  return controller.signal;
}

function checkItem(operation: AnyOperation, schema: z.ZodType, data: unknown): void {
  const parsed = strict(schema).safeParse(data);
  if (!parsed.success)
    throw new Error(`${operation.key} broke its declared item: ${z.prettifyError(parsed.error)}`);
}

const strict = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodObject ? schema.strict() : schema;

function checkReply(operation: AnyOperation, reply: { status: number; body: unknown }): void {
  const schema = (operation.responses as Record<number, z.ZodType | undefined>)[reply.status];
  if (!schema)
    throw new Error(`${operation.key} answered ${reply.status}, which it doesn't declare`);
  const parsed = strict(schema).safeParse(reply.body);
  if (!parsed.success)
    throw new Error(`${operation.key} broke its declared answer: ${z.prettifyError(parsed.error)}`);
}
