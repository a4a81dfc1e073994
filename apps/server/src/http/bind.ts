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
import {
  DomainError,
  type Context,
  type FieldFault,
  type EventSelection,
  type Services,
} from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import { Router, type Request, type Response } from "express";
import * as z from "zod";
import type { Owner } from "../shares.ts";
import type { Admission } from "./admit.ts";
import type { Credential } from "./authenticate.ts";
import { createEventStreams, type SendEventStream } from "./event-stream.ts";
import { HttpError } from "./http-error.ts";
import type { EnteringCall, Hold, InFlight } from "./in-flight.ts";
import { createInputReader, type InputReader } from "./read-input.ts";
import { BODY_BYTES_MAX } from "./receive-json.ts";
import { sendFile } from "./send-file.ts";
import type { ServedSurface } from "./served-surface.ts";

/** One call of an operation, parsed and allowed. */
export interface Call<O> {
  context: Context;
  params: ParamsOf<O>;
  query: QueryOf<O>;
  body: BodyOf<O>;
  /** The body as it was sent, before defaults and coercion. Idempotent calls are compared by it. */
  sentBody: unknown;
  /** Whether the caller takes the first request of its idempotency key also where that had another body. */
  takesFirst: boolean;
  /** Aborted when the caller hangs up. */
  signal: AbortSignal;
  /**
   * Checks, after a wait, that the caller is still allowed to read the answer.
   *
   * @throws DomainError `unauthenticated`
   */
  recheck: () => Promise<void>;
  /**
   * Reads as soon as the caller's share allows. For a call that waits or streams: such a call does not count as a
   * reading one in between.
   *
   * @throws HttpError 503
   */
  inTurn: NonNullable<EventSelection["inTurn"]>;
}

/** The answer of a handler. Its headers are added to those that every answer carries. */
export type Reply<O> = ReplyOf<O> & { headers?: Readonly<Record<string, string | number>> };

export type Handler<O> = (call: Call<O>) => Promise<Reply<O>>;

/** A handler for every operation: a missing one does not compile. */
export type Handlers<Operations> = { [Name in keyof Operations]: Handler<Operations[Name]> };

export interface BindOptions {
  services: Services;
  admission: Admission;
  inFlight: InFlight;
  /** Parse every answer by its declared schema; off in production. */
  checkResponses: boolean;
}

/**
 * Routes each operation of a surface: authenticate → rate-limit → scope → receive → parse by the catalogue → handler →
 * answer. A known path with another method is a 405, anything else below the surface's bases a 404.
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
    const handle = handlers[name];
    if (!handle) throw new Error(`The operation ${name} has no handler`);
    const readInput = createInputReader(operation);
    const bound = { ...options, sendEventStream, readInput };
    router[routerMethod(operation)](path, (request, response, next) => {
      answer(operation, handle, bound, request, response).catch(next);
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

/** Returns the name of express's function for an operation's method. All of them take the same as `get`. */
const routerMethod = ({ http }: AnyOperation) => http.method.toLowerCase() as "get";

const methodNotAllowed = (method: string, allowed: string): HttpError =>
  new HttpError(405, "METHOD_NOT_ALLOWED", `${method} is not possible here; use ${allowed}`, {
    Allow: allowed,
  });

const nothingHere = (): HttpError =>
  new HttpError(404, "NOT_FOUND", "There is nothing at this address; see /api/v1/openapi");

async function answer(
  operation: AnyOperation,
  handle: Handler<AnyOperation>,
  options: BindOptions & { sendEventStream: SendEventStream; readInput: InputReader },
  request: Request,
  response: Response,
) {
  const credential = await options.admission.admit(operation, request, response);
  const item = streamedItem(operation);
  const owner = ownerOf(credential, request);
  const enter = async (call: EnteringCall): Promise<Hold> => {
    const hold = await options.inFlight.enter(owner, call).catch((error: unknown) => {
      // The body is read and discarded: closing a connection with an unread body would lose the answer as well.
      request.resume();
      throw error;
    });
    response.once("close", hold.release);
    if (response.closed) hold.release();
    return hold;
  };
  // A call that waits for news holds nothing meanwhile. A stream holds only the bytes that its caller has not read yet.
  const waits = item !== null || Number(request.query.wait) > 0;
  const isReading = operation.http.method === "GET";
  let hold = waits ? null : await enter({ bodyBytes: announcedBytes(request), isReading });
  const { warnings, ...input } = await options.readInput(request, response);
  const isAllowed = watch(options.admission, operation, request, response, credential);
  const call = {
    // An operation without a scope has no caller, and its handler doesn't read the context.
    context: {
      services: options.services,
      organizationId: credential?.organizationId ?? "",
      actor: credential?.actor ?? { kind: "system" as const },
    },
    ...input,
    get signal() {
      return abortedWhenClosed(response);
    },
    async inTurn<T>(work: () => Promise<T>): Promise<T> {
      const turn = await options.inFlight.enter(owner, { bodyBytes: 0, isReading: true });
      return work().finally(turn.release);
    },
    async recheck() {
      if (!(await isAllowed()))
        throw new DomainError("unauthenticated", "This credential is no longer valid");
    },
  };
  const reply = withWarnings(await handle(call), warnings);
  if (options.checkResponses) checkReply(operation, reply);
  if (item) {
    const parts = partsOf(reply);
    const check = options.checkResponses
      ? (data: unknown) => checkItem(operation, item, data)
      : undefined;
    const tryHold = (bytes: number) => options.inFlight.tryHold(owner, bytes);
    await options.sendEventStream({ request, response, parts, isAllowed, check, owner, tryHold });
    return;
  }
  if (downloadTypes(operation)) {
    await sendFile(response, fileOf(reply), isAllowed);
    return;
  }
  hold ??= await enter({ bodyBytes: 0, isReading: false });
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.status(reply.status).json(reply.body);
  hold.resize(Number(response.getHeader("Content-Length") ?? 0));
}

/** The owner that a call's memory is counted for: its credential, or its address if it has none. */
const ownerOf = (credential: Credential | null, { ip }: Request): Owner =>
  credential === null
    ? { organizationId: "nobody", connectionId: ip ?? "" }
    : { organizationId: credential.organizationId, connectionId: credential.bucketId };

/** Returns a stream's parts: a handler of an operation that declares an `eventStream` answers with nothing else. */
const partsOf = ({ body }: Reply<AnyOperation>) => body as AsyncIterable<StreamedPart<unknown>>;

/** Returns the file to send: a handler of an operation that declares a `download` answers with nothing else. */
const fileOf = ({ body }: Reply<AnyOperation>) => body as SentFile;

/** Returns null if a body comes without an announced length. */
function announcedBytes({ headers }: Request): number | null {
  if (headers["transfer-encoding"] !== undefined) return null;
  return Math.min(BODY_BYTES_MAX, Number(headers["content-length"] ?? 0) || 0);
}

/** Adds warnings about ignored input to those of the handler. */
function withWarnings(reply: Reply<AnyOperation>, warnings: readonly FieldFault[]) {
  if (warnings.length === 0) return reply;
  const body = isObject(reply.body) ? reply.body : {};
  const own: unknown[] = Array.isArray(body.warnings) ? body.warnings : [];
  return { ...reply, body: { ...body, warnings: [...own, ...warnings] } };
}

/**
 * The shortest time between two checks. A session is looked up in the database each time; other credentials are cached
 * for a moment.
 */
const ASK_APART_MS = { session: 800, bearer: 150 };

/**
 * Returns a function that checks whether the caller is still allowed. It asks at most once in {@link ASK_APART_MS}, and
 * returns the last answer in between.
 */
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
  const schemas: Readonly<Record<number, z.ZodType | undefined>> = operation.responses;
  const schema = schemas[reply.status];
  if (!schema)
    throw new Error(`${operation.key} answered ${reply.status}, which it doesn't declare`);
  const parsed = strict(schema).safeParse(reply.body);
  if (!parsed.success)
    throw new Error(`${operation.key} broke its declared answer: ${z.prettifyError(parsed.error)}`);
}
