import { isObject } from "./is-object.ts";

/** A call that did not succeed. `code` is stable; `message` is for people. */
export class SaysoError extends Error {
  override readonly name = "SaysoError";
  /**
   * The server's own code in capitals, such as `VALIDATION_ERROR`, `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`,
   * `CONFLICT`, `INVALID_STATE`, `RATE_LIMITED`, `EMERGENCY_STOP`, `UNAVAILABLE`, `INTERNAL_ERROR`; `HTTP_<status>`
   * where the answer is not in Sayso's form. The client's own codes: `NETWORK_ERROR`, `TIMEOUT`, `REDIRECTED`,
   * `BAD_RESPONSE`.
   */
  readonly code: string;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** For VALIDATION_ERROR, `fields` names the wrong fields and says why. */
  readonly details: { fields?: { field: string; message: string }[]; [key: string]: unknown };
  /** Names the call in the server's log. */
  readonly requestId: string | undefined;
  /** The number of seconds after which the call can be repeated, where the server gives one. */
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

/**
 * Returns true if the same call can succeed a little later. An emergency stop doesn't count: it lasts until a person
 * lifts it.
 */
export function isPassing(error: unknown): error is SaysoError {
  return (
    error instanceof SaysoError &&
    error.code !== "EMERGENCY_STOP" &&
    (error.code === "NETWORK_ERROR" ||
      error.code === "TIMEOUT" ||
      [429, 502, 503, 504].includes(error.status))
  );
}

/** Reads the error out of an answer that is not a success, in any of the server's envelopes or in none. */
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

/** Reads the envelope of an error. Each of the server's APIs has a form of its own. */
function readEnvelope(body: unknown): Envelope {
  if (!isObject(body)) return {};
  const { error, errors } = body;
  // approvals: { error: { code, message, details } }
  if (isObject(error)) return readFields(error);
  const read = readFields(body);
  if (typeof error === "string") {
    // goals: { error, message }; requests: { error, message, errors: { field: […] } }
    if (read.message !== undefined && errors === undefined)
      return { code: error, message: read.message };
    const fields = Object.entries(isObject(errors) ? errors : {}).flatMap(([field, faults]) =>
      Array.isArray(faults) ? faults.map((fault) => ({ field, message: String(fault) })) : [],
    );
    return { message: error, ...(fields.length > 0 && { details: { fields } }) };
  }
  // runs: { code, message, details }
  return read.message === undefined ? {} : read;
}

/** Reads the fields of an envelope. A field of another form is left out. */
const readFields = ({ code, message, details }: Record<string, unknown>): Envelope => ({
  ...(typeof code === "string" && { code }),
  ...(typeof message === "string" && { message }),
  ...(isDetails(details) && { details }),
});

const isDetails = (details: unknown): details is SaysoError["details"] =>
  isObject(details) &&
  (details.fields === undefined ||
    (Array.isArray(details.fields) &&
      details.fields.every(
        (fault) =>
          isObject(fault) && typeof fault.field === "string" && typeof fault.message === "string",
      )));

/** Reads `Retry-After`: seconds or a date (RFC 9110, 10.2.3). */
function secondsOf(header: string | null): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  const until = Number.isNaN(seconds) ? (Date.parse(header) - Date.now()) / 1000 : seconds;
  return Number.isNaN(until) ? undefined : Math.max(0, until);
}
