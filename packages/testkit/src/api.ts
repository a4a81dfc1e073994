import type { approvalsOperations, ReplyOf } from "@sayso/catalogue";

type Operations = typeof approvalsOperations;
/** The body of an operation's successful answer. */
type Body<Name extends keyof Operations> = ReplyOf<Operations[Name]>["body"];

export type Approval = Body<"getApproval">;
export type ApprovalPage = Body<"listApprovals">;
export type Decided = Body<"decideApproval">;

/** An answer of the API. */
export interface Answer<Of = unknown> {
  status: number;
  headers: Headers;
  /** The parsed body. Where `status` is an error's, it has another form than the declared one. */
  body: Of;
  /** The content of the error envelope, where the answer is an error. */
  error: ApiError | undefined;
}

export interface ApiError {
  code: string;
  message: string;
  details?: Record<string, unknown> & { fields?: { field: string; message: string }[] };
}

export interface CallOptions {
  /** `undefined` leaves a parameter out. */
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  rawBody?: string | Uint8Array;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

type Vote = {
  decision: "approve" | "reject";
  comment?: string;
  source?: string;
  sequence?: number;
};

/** A client of the approvals API with one credential. It throws nothing for an error's status. */
export interface Api {
  call: <Of = unknown>(method: string, path: string, options?: CallOptions) => Promise<Answer<Of>>;
  /**
   * The fields are merged into the required ones: title, description and priority. `undefined` leaves one of these out.
   */
  create: (body?: Record<string, unknown>) => Promise<Answer<Approval>>;
  get: (id: string, query?: CallOptions["query"]) => Promise<Answer<Approval>>;
  list: (query?: CallOptions["query"]) => Promise<Answer<ApprovalPage>>;
  decide: (id: string, vote: Vote) => Promise<Answer<Decided>>;
  approve: (id: string, comment?: string) => Promise<Answer<Decided>>;
  reject: (id: string, comment?: string) => Promise<Answer<Decided>>;
  cancel: (id: string, reason?: string) => Promise<Answer<Body<"cancelApproval">>>;
  revise: (id: string, changes: Record<string, unknown>) => Promise<Answer<Approval>>;
  batch: (body: Record<string, unknown>) => Promise<Answer<Body<"decideApprovals">>>;
  delegate: (id: string, body: Record<string, unknown>) => Promise<Answer<Approval>>;
  comment: (id: string, text: unknown) => Promise<Answer<Body<"createComment">>>;
  comments: (id: string) => Promise<Answer<Body<"listComments">>>;
  steps: (id: string) => Promise<Answer<Body<"listSteps">>>;
  setSteps: (id: string, steps: unknown) => Promise<Answer<Body<"replaceSteps">>>;
  decideStep: (id: string, stepId: string, vote: Vote) => Promise<Answer<Body<"decideStep">>>;
  deliveries: (query?: CallOptions["query"]) => Promise<Answer<Body<"listDeliveries">>>;
  replay: (deliveryId: string) => Promise<Answer<Body<"replayDelivery">>>;
}

/** The two tokens of a person. The token that asked can't decide, so a person has one for each. */
export interface TwoTokens {
  asks: string;
  decides: string;
}

const deciding = [
  /^PATCH \/api\/v1\/approvals\/[^/]+(?:\/steps\/[^/]+)?$/,
  /^POST \/api\/v1\/approvals\/(?:batch|[^/]+\/(?:your-vote|delegate))$/,
  /^POST \/changes\/api\/v1\/approvals\/[^/]+$/,
];

/**
 * Creates a client of the approvals API.
 *
 * @param url of the server, without a trailing slash
 * @param given an API key or a personal token, or one token to ask and one to decide; null: none
 */
export function api(url: string, given: string | TwoTokens | null): Api {
  const credentialFor = (method: string, path: string): string | null => {
    if (given === null || typeof given === "string") return given;
    return deciding.some((call) => call.test(`${method} ${path}`)) ? given.decides : given.asks;
  };
  const call = async <Of>(
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<Answer<Of>> => {
    const address = new URL(path, url);
    const credential = credentialFor(method, address.pathname);
    for (const [name, value] of Object.entries(options.query ?? {}))
      if (value !== undefined) address.searchParams.set(name, String(value));
    const response = await fetch(address, {
      method,
      headers: {
        ...(credential !== null && { Authorization: `Bearer ${credential}` }),
        ...(options.body !== undefined && { "Content-Type": "application/json" }),
        ...options.headers,
      },
      body:
        options.body === undefined
          ? (options.rawBody as RequestInit["body"])
          : JSON.stringify(options.body),
      signal: options.signal,
      redirect: "manual",
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    // A stream has no end, so only its opening can be seen here.
    if (isStream) await response.body?.cancel();
    const body = isStream ? "" : parse(await response.text());
    return {
      status: response.status,
      headers: response.headers,
      body: body as Of,
      error: (body as { error?: ApiError } | null)?.error,
    };
  };
  const at = (id: string, rest = "") => `/api/v1/approvals/${id}${rest}`;
  const decide = (id: string, vote: Vote) => call<Decided>("PATCH", at(id), { body: vote });
  return {
    call,
    create: (body) =>
      call("POST", "/api/v1/approvals", {
        body: { title: "Deploy v2", description: "To production", priority: "high", ...body },
      }),
    get: (id, query) => call("GET", at(id), { query }),
    list: (query) => call("GET", "/api/v1/approvals", { query }),
    decide,
    approve: (id, comment) => decide(id, { decision: "approve", comment }),
    reject: (id, comment) => decide(id, { decision: "reject", comment }),
    cancel: (id, reason) =>
      call("DELETE", at(id), reason === undefined ? {} : { query: { reason } }),
    revise: (id, body) => call("PUT", at(id), { body }),
    batch: (body) => call("POST", "/api/v1/approvals/batch", { body }),
    delegate: (id, body) => call("POST", at(id, "/delegate"), { body }),
    comment: (id, text) => call("POST", at(id, "/comments"), { body: { body: text } }),
    comments: (id) => call("GET", at(id, "/comments")),
    steps: (id) => call("GET", at(id, "/steps")),
    setSteps: (id, steps) => call("POST", at(id, "/steps"), { body: { steps } }),
    decideStep: (id, stepId, vote) => call("PATCH", at(id, `/steps/${stepId}`), { body: vote }),
    deliveries: (query) => call("GET", "/api/v1/webhooks", { query }),
    replay: (deliveryId) => call("POST", `/api/v1/webhooks/${deliveryId}/replay`),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
