/** How a client reaches its server. */
export interface ClientOptions {
  /** Where Sayso answers, such as `https://sayso.example.com`. A path in front of `/api` is kept. */
  url: string;
  /** An API key, a personal access token or an OAuth access token, or what gives one. */
  token?: string | TokenSource;
  /** How long one attempt may take, in seconds; default 30. What a call asks the server to wait comes on top. */
  timeoutSeconds?: number;
  /** How often a failed attempt is repeated where that is safe; default 3. */
  retries?: number;
  /** Headers of every call. */
  headers?: Record<string, string>;
  /** Default: the global one. */
  fetch?: typeof globalThis.fetch;
}

/**
 * Gives the token for an attempt. After a 401 it is asked once more, with the token that was refused, and the call is
 * tried again with what it gives. However many calls were refused together, it is asked by one of them.
 */
export type TokenSource = (refused?: string) => string | Promise<string>;

/** How one call is made. */
export interface CallOptions {
  /** Ends the call, which then throws the signal's reason. */
  signal?: AbortSignal;
  /** In place of the client's. */
  timeoutSeconds?: number;
  /** In place of the client's. */
  retries?: number;
}

/** How an operation is called. What is not in `path` goes into the query, or into the body where there is one. */
export interface OperationRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `{name}` for what is in the path. */
  path: string;
  hasBody?: true;
  /** What goes into the query although there is a body. */
  query?: readonly string[];
  /** Takes an `idempotency_key`, with which a repeated call does nothing twice. */
  isKeyed?: true;
  /** A property that every answer to it has. */
  answer?: string;
}
