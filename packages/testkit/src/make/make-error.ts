/**
 * The kinds of failure that a scenario distinguishes
 * (developers.make.com/custom-apps-documentation/app-components/base/error-handling).
 */
export type MakeErrorType =
  | "RuntimeError"
  | "DataError"
  | "RateLimitError"
  | "OutOfSpaceError"
  | "ConnectionError"
  | "InvalidConfigurationError"
  | "InvalidAccessTokenError"
  | "IncompleteDataError"
  | "DuplicateDataError"
  /** Make's own kind: the values that a person filled in don't fit the module's parameters. */
  | "BundleValidationError";

/** The error of a module, RPC, webhook or connection. The user sees `message`. */
export class MakeError extends Error {
  override readonly name = "MakeError";
  readonly type: MakeErrorType;
  /** The status of the answer; null where there was none. */
  readonly statusCode: number | null;

  constructor(type: MakeErrorType, message: string, statusCode: number | null = null) {
    super(message);
    this.type = type;
    this.statusCode = statusCode;
  }
}

/**
 * Returns the kind that Make derives from an answer's status where the app names none (help.make.com/types-of-errors).
 */
export function defaultErrorType(statusCode: number): MakeErrorType {
  if (statusCode === 429) return "RateLimitError";
  return statusCode >= 500 ? "ConnectionError" : "RuntimeError";
}
