import type { ErrorCode } from "@sayso/core";
import type { Refusal } from "../../http/served-surface.ts";

/** What the goals surface calls each refusal (seed 001_676b49f0d804a80c.txt, "Errors"). */
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

/** `{ error, message }`; for whoever asks too often what the seed shows ("Rate limits"), and no more. */
export function renderGoalsError({ code, message, details }: Refusal) {
  const error = codes[code as ErrorCode] ?? code;
  if (code === "rate_limited")
    return { error, retry_after_seconds: details?.retry_after_seconds ?? 1 };
  const scope = code === "forbidden" ? details?.scope : undefined;
  return {
    error,
    message: typeof scope === "string" ? `This key does not have ${scope} permission` : message,
  };
}
