/** A call that did not succeed. `code` is stable, `message` is for people. */
export class SaysoError extends Error {
  override readonly name = "SaysoError";
  /**
   * The server's own code in capitals, such as `VALIDATION_ERROR`, `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`, `CONFLICT`,
   * `INVALID_STATE`, `RATE_LIMITED`, `EMERGENCY_STOP`, `UNAVAILABLE`, `INTERNAL_ERROR`; `HTTP_<status>` where something
   * else answered. Of the client itself: `NETWORK_ERROR`, `TIMEOUT`, `REDIRECTED`, `BAD_RESPONSE`.
   */
  readonly code: string;
  /** Of HTTP; 0 where nothing was answered. */
  readonly status: number;
  /** For VALIDATION_ERROR `fields`: which fields are wrong, and what is. */
  readonly details: { fields?: { field: string; message: string }[]; [key: string]: unknown };
  /** Names the call in the server's log. */
  readonly requestId: string | undefined;
  /** After how long it may be tried again, where the server says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: string,
    message: string,
    rest: {
      status?: number;
      details?: SaysoError["details"];
      requestId?: string;
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, rest.cause === undefined ? undefined : { cause: rest.cause });
    this.code = code;
    this.status = rest.status ?? 0;
    this.details = rest.details ?? {};
    this.requestId = rest.requestId;
    this.retryAfterSeconds = rest.retryAfterSeconds;
  }
}

/** Whether the same call may succeed a little later. An emergency stop lasts until a person lifts it. */
export function isPassing(error: unknown): error is SaysoError {
  return (
    error instanceof SaysoError &&
    error.code !== "EMERGENCY_STOP" &&
    (error.code === "NETWORK_ERROR" ||
      error.code === "TIMEOUT" ||
      [429, 502, 503, 504].includes(error.status))
  );
}

/** What an answer that is not a success says, in any of the server's envelopes or in none. */
export function errorOf(response: Response, body: unknown): SaysoError {
  const { status, headers } = response;
  const { code, message, details } = readEnvelope(body);
  return new SaysoError(
    code?.toUpperCase() ?? `HTTP_${status}`,
    message ?? `The server answered ${status}`,
    {
      status,
      details,
      requestId: headers.get("x-request-id") ?? undefined,
      retryAfterSeconds: secondsOf(headers.get("retry-after")),
    },
  );
}

interface Envelope {
  code?: string;
  message?: string;
  details?: SaysoError["details"];
}

/** Each of the server's APIs refuses in a form of its own. */
function readEnvelope(body: unknown): Envelope {
  if (typeof body !== "object" || body === null) return {};
  const told = body as Envelope & { error?: unknown; errors?: Record<string, string[]> };
  // approvals: { error: { code, message, details } }
  if (typeof told.error === "object" && told.error !== null) return told.error;
  if (typeof told.error === "string") {
    // goals: { error, message }; requests: { error, errors: { field: […] } }
    if (typeof told.message === "string") return { code: told.error, message: told.message };
    const fields = Object.entries(told.errors ?? {}).flatMap(([field, faults]) =>
      faults.map((message) => ({ field, message })),
    );
    return { message: told.error, ...(fields.length > 0 && { details: { fields } }) };
  }
  // runs: { code, message, details }
  const { code, message, details } = told;
  return typeof message === "string" ? { code, message, details } : {};
}

/** `Retry-After` is seconds or a date (RFC 9110, 10.2.3). */
function secondsOf(header: string | null): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  const until = Number.isNaN(seconds) ? (Date.parse(header) - Date.now()) / 1000 : seconds;
  return Number.isNaN(until) ? undefined : Math.max(0, until);
}
