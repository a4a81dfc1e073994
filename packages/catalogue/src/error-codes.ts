/** Every way in which an operation may say no. Each surface maps them to its own status and body. */
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
