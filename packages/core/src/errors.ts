import type { FieldFault } from "@sayso/fields";

/** The closed list of the ways in which Sayso says no. Each API surface maps all of them to its own status and body. */
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

export type { FieldFault };

/** What a machine can read of a refusal. */
export interface ErrorDetails {
  /** Every faulty field, of a `validation_failed`. */
  fields?: readonly FieldFault[];
  [name: string]: unknown;
}

/**
 * The one error that leaves a verb.
 *
 * `message` is public: the caller can be shown it, so it never holds a secret. `details` is public and
 * machine-readable. `cause` is for the log only.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;

  constructor(
    code: ErrorCode,
    publicMessage: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(publicMessage, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.details = options.details;
  }
}

/** Makes a `validation_failed` that names every faulty field. Its message is the first fault's. */
export function invalidInput(...faults: [FieldFault, ...FieldFault[]]): DomainError {
  return new DomainError("validation_failed", faults[0].message, { details: { fields: faults } });
}

/** Makes the same answer for a thing that does not exist and for one that belongs to somebody else. */
export function notFound(what: string): DomainError {
  return new DomainError("not_found", `${what} not found`);
}
