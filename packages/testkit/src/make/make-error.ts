/** The kinds of failure that a scenario tells apart (developers.make.com/custom-apps-documentation/app-components/base/error-handling). */
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
  /** Make's own: what a person filled in doesn't fit the module's parameters. */
  | "BundleValidationError";

/** What a module, RPC, webhook or connection fails with; `message` is what the user is shown. */
export class MakeError extends Error {
  override readonly name = "MakeError";
  readonly type: MakeErrorType;
  /** Of the answer; null where there was none. */
  readonly statusCode: number | null;

  constructor(type: MakeErrorType, message: string, statusCode: number | null = null) {
    super(message);
    this.type = type;
    this.statusCode = statusCode;
  }
}

/** What Make takes an answer's status for where the app doesn't say it (help.make.com/types-of-errors). */
export function defaultErrorType(statusCode: number): MakeErrorType {
  if (statusCode === 429) return "RateLimitError";
  return statusCode >= 500 ? "ConnectionError" : "RuntimeError";
}
