import type { ErrorCode } from "@sayso/core";
import { isKeyOf } from "@sayso/exact-json";
import type { Refusal } from "../../http/served-surface.ts";

/** The goals surface's code for each refusal. */
const codes: Record<ErrorCode, string> = {
  validation_failed: "bad_request",
  unauthenticated: "unauthorized",
  forbidden: "forbidden",
  not_found: "not_found",
  conflict: "conflict",
  invalid_state: "conflict",
  rate_limited: "rate_limit_exceeded",
  emergency_stop: "emergency_stop",
  unavailable: "unavailable",
  internal: "server_error",
};

/** Renders `{ error, message }`, and for a refusal by rate limit `retry_after_seconds` as well. */
export function renderGoalsError({ code, message, details }: Refusal) {
  const error = isKeyOf(codes, code) ? codes[code] : code;
  if (code === "rate_limited")
    return { error, message, retry_after_seconds: details?.retry_after_seconds ?? 1 };
  const scope = code === "forbidden" ? details?.scope : undefined;
  return {
    error,
    message: typeof scope === "string" ? `This key does not have ${scope} permission` : message,
  };
}
