import type { ErrorCode } from "@sayso/core";

/** How the approvals surface says each refusal (seed 000_adb2595ac5653c07.txt, "Response Format"). */
export const approvalsErrors: Record<ErrorCode, { status: number; code: string }> = {
  validation_failed: { status: 400, code: "VALIDATION_ERROR" },
  unauthenticated: { status: 401, code: "UNAUTHORIZED" },
  forbidden: { status: 403, code: "FORBIDDEN" },
  not_found: { status: 404, code: "NOT_FOUND" },
  conflict: { status: 409, code: "CONFLICT" },
  invalid_state: { status: 409, code: "INVALID_STATE" },
  rate_limited: { status: 429, code: "RATE_LIMITED" },
  emergency_stop: { status: 503, code: "EMERGENCY_STOP" },
  unavailable: { status: 503, code: "UNAVAILABLE" },
  internal: { status: 500, code: "INTERNAL_ERROR" },
};

/** The error envelope; `code` stands beside it too, because some clients look there. */
export function renderApprovalsError(
  code: string,
  message: string,
  details?: Record<string, unknown>,
) {
  return { error: { code, message, ...(details && { details }) }, code };
}
