/** The closed list of ways in which Sayso says no. Each API surface maps all of them to its own status and body. */
export type ErrorCode =
  | "validation_failed"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "invalid_state"
  | "rate_limited"
  | "emergency_stop"
  | "unavailable"
  | "internal";

/** One fault of the input: the field it is about (dotted path, as the caller named it) and how to mend it. */
export interface FieldFault {
  field: string;
  message: string;
}

/**
 * The one error that leaves a core verb.
 *
 * `message` is public: it may be shown to whoever made the call and never holds a secret. `details` is public and
 * machine-readable. `cause` is for the log only.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    code: ErrorCode,
    publicMessage: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(publicMessage, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.details = options.details;
  }
}

/** A `validation_failed` that names every faulty field; the message is the first fault's. */
export function invalidInput(...faults: [FieldFault, ...FieldFault[]]): DomainError {
  return new DomainError("validation_failed", faults[0].message, { details: { fields: faults } });
}

/** The same answer for what does not exist and for what belongs to somebody else. */
export function notFound(what: string): DomainError {
  return new DomainError("not_found", `${what} not found`);
}
