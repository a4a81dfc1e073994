/** Options of a client. */
export interface ClientOptions {
  /** The address of the server, such as `https://sayso.example.com`. A path in front of `/api` is kept. */
  url: string;
  /** An API key, a personal access token or an OAuth access token, or a function that returns one. */
  token?: string | TokenSource;
  /** The time limit of one attempt, in seconds; default 30. A wait that the call asks the server for is added. */
  timeoutSeconds?: number;
  /** The number of repetitions of a failed attempt, where repeating is safe; default 3. */
  retries?: number;
  /** Headers of every call. */
  headers?: Record<string, string>;
  /** The function that sends calls. Default: the global one. */
  fetch?: typeof globalThis.fetch;
}

/**
 * Returns the token for an attempt. After a 401 it is called once more with the refused token, and the client repeats
 * the call with the token that it returns. When several calls were refused together, only one of them calls it.
 */
export type TokenSource = (refused?: string) => string | Promise<string>;

/** Options of one call. */
export interface CallOptions {
  /** Ends the call, which then throws the signal's reason. */
  signal?: AbortSignal;
  /** Replaces the client's. */
  timeoutSeconds?: number;
  /** Replaces the client's. */
  retries?: number;
}

/** The route of an operation. Fields that are not in `path` go into the query, or into the body where there is one. */
export interface OperationRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The path, with `{name}` for each field in it. */
  path: string;
  hasBody?: true;
  /** The fields that go into the query although there is a body. */
  query?: readonly string[];
  /** The operation takes an `idempotency_key`, with which a repeated call does nothing twice. */
  isKeyed?: true;
  /** A property that every answer of the operation has. */
  answer?: string;
}
