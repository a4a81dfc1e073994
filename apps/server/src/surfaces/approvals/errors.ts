import type { ErrorCode } from "@sayso/core";
import { isKeyOf } from "@sayso/exact-json";
import type { Refusal } from "../../http/served-surface.ts";

/** The approvals surface's code for each refusal. */
const codes: Record<ErrorCode, string> = {
  validation_failed: "VALIDATION_ERROR",
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

/** Returns the code on this surface's wire. HTTP's own refusals keep their names. */
export const approvalsCode = (code: string): string =>
  isKeyOf(codes, code) ? codes[code] : code.toUpperCase();

/** Renders the error envelope. `code` and `message` also stand beside it, because some clients look there. */
export function renderApprovalsError({ code: name, message, details }: Omit<Refusal, "status">) {
  const code = approvalsCode(name);
  return { error: { code, message, ...(details && { details }) }, code, message };
}
