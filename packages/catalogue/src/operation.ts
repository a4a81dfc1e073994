import { z } from "zod";
import type { ErrorCode } from "./error-codes.ts";
import type { Scope } from "./scopes.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Another operation that lists what a field can be set to. */
export interface DynamicChoices {
  /** Its name in the catalogue, such as `listTeams`: a GET without path parameters that answers `{ data: […] }`. */
  operation: string;
  /** The property of an item that is sent; default: the item itself, where items are texts. */
  value?: string;
  /** The property of an item that people read; default: as `value`. */
  label?: string;
  /** Sent to it, always. */
  query?: Record<string, string>;
  /** Its query parameter that narrows the list by what somebody types. */
  search?: string;
}

/**
 * How a field is shown where people fill it in. What isn't said here is read from the schema: the help is its
 * description, the kind follows from its type.
 */
export interface FieldHint {
  /** Title Case; default: made from the field's name. */
  label?: string;
  /** Text of several lines. */
  multiline?: boolean;
  /** Shown only when asked for. */
  advanced?: boolean;
  choices?: DynamicChoices;
}

export type Platform = "n8n" | "zapier" | "make";

export type Responses = Record<number, z.ZodType>;

/** One thing that the API does: declared once, bound to one handler, rendered to every document and platform. */
export interface Operation<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answers extends Responses = Responses,
> {
  /** `resource.verb`; unique in its surface. */
  key: string;
  http: { method: Method; /** OpenAPI style: `/api/v1/approvals/{id}` */ path: string };
  /** null: anybody, without a credential. */
  scope: Scope | null;
  /** Only a person who administers the organization, never a machine. */
  adminOnly?: boolean;
  /**
   * Who may call at all. `person`: a person, or a token or an app that stands for one; `session`: only a person who is
   * signed in, by their session. Default: anybody with the scope, machines included.
   */
  caller?: "person" | "session";
  /** Reads events, or waits for a decision: counted apart, so that polling doesn't use up the calls that asking needs. */
  readsFeed?: boolean;
  /** Title Case, for menus. */
  label: string;
  description: string;
  /** All that it takes: what isn't declared here, at any depth, is refused. */
  input: { params?: Params; query?: Query; body?: Body };
  /** By name, what else clients of this API send, and why it has no effect: taken, and answered with a warning. */
  ignored?: { body?: Readonly<Record<string, string>>; query?: Readonly<Record<string, string>> };
  /** What clients also call query parameters: the declared name of each. */
  otherNames?: Readonly<Record<string, string>>;
  responses: Answers;
  errors: readonly ErrorCode[];
  /** By the name of an input field; inside of an object or a list of objects `steps.approver_id`. */
  fields?: Record<string, FieldHint>;
  /** Where it appears beside the API itself and its client. */
  platforms?: readonly Platform[];
  /** An input that the schemas accept. Answers have theirs in the schema's `examples`, or are made up from it. */
  example?: { params?: unknown; query?: unknown; body?: unknown };
}

/** Declares an operation and keeps its exact types. */
export function defineOperation<
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
  Answers extends Responses = Responses,
>(operation: Operation<Params, Query, Body, Answers>): Operation<Params, Query, Body, Answers> {
  return operation;
}

/** An operation, whatever its schemas. */
export type AnyOperation = Operation;

export type ParamsOf<O> =
  O extends Operation<infer P, z.ZodObject, z.ZodType, Responses> ? z.output<P> : never;
export type QueryOf<O> =
  O extends Operation<z.ZodObject, infer Q, z.ZodType, Responses> ? z.output<Q> : never;
export type BodyOf<O> =
  O extends Operation<z.ZodObject, z.ZodObject, infer B, Responses> ? z.output<B> : never;

/** What a stream tells at once. Whoever follows it resumes after the last id that they were told. */
export interface StreamedPart<Item> {
  /** Maybe none: then only the place to resume from has moved. */
  items: readonly StreamedItem<Item>[];
  lastId: string;
}

export interface StreamedItem<Item> {
  id: string;
  type: string;
  data: Item;
  /** `data` as text. */
  readonly json: string;
}

/** By the schema of the answer, the one of its items. */
const streamed = new WeakMap<z.ZodType, z.ZodType>();

/**
 * An answer that goes on and on: server-sent events (WHATWG HTML, 9.2). The operation's `after` says where it begins,
 * and so does the header `Last-Event-ID`, which wins.
 */
export function eventStream<Item extends z.ZodType>(item: Item) {
  const schema = z.custom<AsyncIterable<StreamedPart<z.input<Item>>>>(
    (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
    "must be an async iterable",
  );
  streamed.set(schema, item);
  return schema;
}

/** What an operation's stream is made of; undefined for one that answers once. */
export const streamedItem = ({
  responses,
}: Pick<AnyOperation, "responses">): z.ZodType | undefined =>
  responses[200] && streamed.get(responses[200]);

/** The field of an operation's body by which a repeated call is known, as that surface spells it; undefined: it has none. */
export function idempotencyField({ input }: Pick<AnyOperation, "input">): string | undefined {
  const shape = (input.body as Partial<z.ZodObject> | undefined)?.shape ?? {};
  return ["idempotency_key", "idempotencyKey"].find((name) => name in shape);
}

/** Whether an operation takes a vote on what was seen: the field `sequence` of its body, which the header `If-Match` may hold. */
export const takesSequence = ({ input }: Pick<AnyOperation, "input">): boolean =>
  "sequence" in ((input.body as Partial<z.ZodObject> | undefined)?.shape ?? {});

/** A file that is sent while it is made. */
export interface SentFile {
  /** One of those that the operation declares. */
  mediaType: string;
  /** What a browser saves it as. */
  name: string;
  parts: AsyncIterable<string>;
}

/** By the schema of the answer, the media types that it may have. */
const downloads = new WeakMap<z.ZodType, readonly string[]>();

/** An answer that is a file of one of these media types, sent in parts. */
export function download(...mediaTypes: [string, ...string[]]) {
  const schema = z.custom<SentFile>(
    (value) => typeof value === "object" && value !== null && "parts" in value,
    "must be a file",
  );
  downloads.set(schema, mediaTypes);
  return schema;
}

/** The media types of an operation that answers with a file; undefined for one that doesn't. */
export const downloadTypes = ({
  responses,
}: Pick<AnyOperation, "responses">): readonly string[] | undefined =>
  responses[200] && downloads.get(responses[200]);

/** What a handler may answer: each declared status with its own body. */
export type ReplyOf<O> =
  O extends Operation<z.ZodObject, z.ZodObject, z.ZodType, infer A>
    ? { [Status in keyof A]: { status: Status; body: z.input<A[Status]> } }[keyof A]
    : never;
