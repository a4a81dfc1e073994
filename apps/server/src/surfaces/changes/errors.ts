import type { ErrorCode } from "@sayso/core";
import { isKeyOf } from "@sayso/exact-json";
import type { Refusal } from "../../http/served-surface.ts";

/** The changes surface's code for each refusal. */
const codes: Record<ErrorCode, string> = {
  validation_failed: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  invalid_state: "INVALID_STATE",
  rate_limited: "RATE_LIMITED",
  emergency_stop: "EMERGENCY_STOP",
  unavailable: "UNAVAILABLE",
  internal: "INTERNAL_ERROR",
};

/** Renders the error envelope. HTTP's own refusals keep their names. */
export function renderChangesError({ status, code, message, details }: Refusal) {
  return {
    error: {
      code: isKeyOf(codes, code) ? codes[code] : code.toUpperCase(),
      message,
      status,
      ...(details && { details }),
    },
    message,
  };
}
