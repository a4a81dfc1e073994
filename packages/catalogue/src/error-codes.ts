/** The codes of all refusals. Each surface gives them a body of its own; the status is the same on all. */
export const errorCodes = [
  "validation_failed",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "invalid_state",
  "rate_limited",
  "emergency_stop",
  "unavailable",
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The HTTP status of each code, on every surface and page. */
export const errorStatuses: Readonly<Record<ErrorCode, number>> = {
  validation_failed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  invalid_state: 409,
  rate_limited: 429,
  emergency_stop: 503,
  unavailable: 503,
  internal: 500,
};
