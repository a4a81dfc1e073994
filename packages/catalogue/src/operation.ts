import * as z from "zod";
import type { ErrorCode } from "./error-codes.ts";
import type { Scope } from "./scopes.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Another operation, which lists the values that a field can have. */
export interface DynamicChoices {
  /**
   * The operation's name in the catalogue, such as `listTeams`. It is a GET without path parameters that answers
   * `{ data: […] }`.
   */
  operation: string;
  /** The property of an item that is sent. Default: the item itself, where items are texts. */
  value?: string;
  /** The property of an item that people read. Default: the same as `value`. */
  label?: string;
  /** Query parameters that are always sent to the operation. */
  query?: Record<string, string>;
  /** The operation's query parameter that narrows the list to the typed text. */
  search?: string;
}

/**
 * Hints for showing a field where people fill it in. The schema provides everything else: the help is its description,
 * and the kind follows from its type.
 */
export interface FieldHint {
  /** Title Case; default: made from the field's name. */
  label?: string;
  /** Text of several lines. */
  multiline?: boolean;
  /** The field is shown only on demand. */
  advanced?: boolean;
  choices?: DynamicChoices;
}

/**
 * How a body is read where clients send it otherwise than it is declared. For operations that ask; one that decides has
 * none. Null and empty text in an optional field then count as absent unless the field takes them, and JSON text in a
 * field for an object counts as that object.
 */
export interface Tolerance {
  /** The text fields whose number counts as its digits. */
  numbers?: readonly string[];
  /** By name: what an empty text in this field means. The answer contains it as a warning. */
  blanks?: Readonly<Record<string, string>>;
}

export type Platform = "n8n" | "zapier" | "make";

export type Responses = Record<number, z.ZodType>;

/** An operation of the API. It is declared once, bound to one handler, and rendered to every document and platform. */
export interface Operation<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answers extends Responses = Responses,
> {
  /** `resource.verb`; unique in its surface. */
  key: string;
  http: { method: Method; /** OpenAPI style: `/api/v1/approvals/{id}` */ path: string };
  /** null: everybody, without a credential. */
  scope: Scope | null;
  /** Only a person who administers the organization can call it, never a machine. */
  adminOnly?: boolean;
  /**
   * The callers that are admitted. `person`: a person, or a token or an app that acts for one; `session`: only a person
   * who is signed in, by their session. Default: everybody with the scope, machines included.
   */
  caller?: "person" | "session";
  /**
   * The operation reads events, or one request, run or change by its id. Its calls are counted separately, so that
   * polling doesn't use up the calls that asking needs.
   */
  readsFeed?: boolean;
  /** Title Case, for menus. */
  label: string;
  description: string;
  /** The complete input. A field that isn't declared here, at any depth, is refused. */
  input: { params?: Params; query?: Query; body?: Body };
  /**
   * By name: further fields that clients of this API send, and the reason why they have no effect. They are accepted,
   * and the answer contains a warning.
   */
  ignored?: { body?: Readonly<Record<string, string>>; query?: Readonly<Record<string, string>> };
  tolerance?: Tolerance;
  /**
   * Query parameters that hold the caller's own reference. An empty one finds nothing; any other empty parameter counts
   * as absent.
   */
  references?: readonly string[];
  /** Other names that clients use for query parameters, with the declared name of each. */
  otherNames?: Readonly<Record<string, string>>;
  responses: Answers;
  errors: readonly ErrorCode[];
  /** By the name of an input field; within an object or a list of objects `steps.approver_id`. */
  fields?: Record<string, FieldHint>;
  /** The platforms on which it appears, beside the API itself and its client. */
  platforms?: readonly Platform[];
  /**
   * An input that the schemas accept. An answer's example is in the schema's `examples`, or is made up from the schema.
   */
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

/** The items that a stream sends at once. A client resumes after the last id that it received. */
export interface StreamedPart<Item> {
  /** Possibly empty: then only the place to resume from has moved. */
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

/** The item schema of a stream, by the schema of the answer. */
const streamed = new WeakMap<z.ZodType, z.ZodType>();

/**
 * Returns the schema of an answer without an end: server-sent events (WHATWG HTML, 9.2). The operation's `after` names
 * the place where it begins; the header `Last-Event-ID` does too, and wins.
 */
export function eventStream<Item extends z.ZodType>(item: Item) {
  const schema = z.custom<AsyncIterable<StreamedPart<z.input<Item>>>>(
    (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
    "must be an async iterable",
  );
  streamed.set(schema, item);
  return schema;
}

/** Returns the item schema of an operation's stream; undefined for an operation that answers once. */
export const streamedItem = ({
  responses,
}: Pick<AnyOperation, "responses">): z.ZodType | undefined =>
  responses[200] && streamed.get(responses[200]);

/**
 * Returns the field of an operation's body that holds the idempotency key, as that surface spells it; undefined: it has
 * none.
 */
export function idempotencyField({ input }: Pick<AnyOperation, "input">): string | undefined {
  return ["idempotency_key", "idempotencyKey"].find((name) => name in shapeOf(input.body));
}

/**
 * Returns true if an operation takes a vote on the version that was seen: the field `sequence` of its body, which the
 * header `If-Match` can hold.
 */
export const takesSequence = ({ input }: Pick<AnyOperation, "input">): boolean =>
  "sequence" in shapeOf(input.body);

const shapeOf = (body: z.ZodType | undefined): z.ZodRawShape =>
  body instanceof z.ZodObject ? body.shape : {};

/** A file that is sent while it is being made. */
export interface SentFile {
  /** One of the media types that the operation declares. */
  mediaType: string;
  /** The name under which a browser saves it. */
  name: string;
  parts: AsyncIterable<string>;
}

/** The media types that an answer can have, by its schema. */
const downloads = new WeakMap<z.ZodType, readonly string[]>();

/** Returns the schema of an answer that is a file of one of these media types, sent in parts. */
export function download(...mediaTypes: [string, ...string[]]) {
  const schema = z.custom<SentFile>(
    (value) => typeof value === "object" && value !== null && "parts" in value,
    "must be a file",
  );
  downloads.set(schema, mediaTypes);
  return schema;
}

/** Returns the media types of an operation that answers with a file; undefined for other operations. */
export const downloadTypes = ({
  responses,
}: Pick<AnyOperation, "responses">): readonly string[] | undefined =>
  responses[200] && downloads.get(responses[200]);

/** The replies that a handler can give: each declared status with its own body. */
export type ReplyOf<O> =
  O extends Operation<z.ZodObject, z.ZodObject, z.ZodType, infer A>
    ? { [Status in keyof A]: { status: Status; body: z.input<A[Status]> } }[keyof A]
    : never;
