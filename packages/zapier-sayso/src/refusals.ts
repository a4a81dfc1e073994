import { SaysoError } from "@sayso/client";
import type { ZObject } from "zapier-platform-core";

/** The time that Zapier waits where the server names none, in seconds. */
const PAUSE_SECONDS = 60;

/** The client's own codes, which Sayso did not send. */
const unreachable = ["NETWORK_ERROR", "TIMEOUT", "BAD_RESPONSE", "REDIRECTED"];

/** The meaning of a refusal for the step that received it. */
export interface Refusal {
  /** True if Zapier should try the step again instead of ending the run, also when Sayso can't be reached. */
  isAwaited?: boolean;
}

/**
 * Returns the error to throw to Zapier when a call did not succeed, always in the server's words. 429 and 503 make
 * Zapier try again after the time that the server names, an emergency stop halts the Zap, and a wrong field is named.
 */
export function refusalOf(z: ZObject, error: unknown, { isAwaited = false }: Refusal = {}): Error {
  const core = coreError(error);
  if (core) return core;
  if (!(error instanceof Error)) return new Error(String(error));
  if (!(error instanceof SaysoError)) return error;
  const { code, status, retryAfterSeconds } = error;
  const message = describe(error);
  if (code === "EMERGENCY_STOP") return new z.errors.HaltedError(message);
  const isPassing = status === 429 || status === 503;
  if (isPassing || (isAwaited && (status >= 500 || unreachable.includes(code)))) {
    return new z.errors.ThrottledError(message, Math.ceil(retryAfterSeconds ?? PAUSE_SECONDS));
  }
  return new z.errors.Error(message, code, status || 502);
}

/** Runs a step and throws its errors in the form for Zapier. */
export async function withRefusals<Result>(
  z: ZObject,
  step: () => Promise<Result>,
  refusal?: Refusal,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw refusalOf(z, error, refusal);
  }
}

/**
 * Returns the error that Zapier's own HTTP client threw, such as that the token must be renewed. The client wraps it.
 */
function coreError(error: unknown): Error | null {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && cause.name.endsWith("AuthError") ? cause : null;
}

function describe({ code, message, details, cause }: SaysoError): string {
  const fields = details.fields ?? [];
  if (code === "VALIDATION_ERROR" && fields.length > 0)
    return fields.map((one) => `${one.field}: ${one.message}`).join("; ");
  return unreachable.includes(code) && cause instanceof Error
    ? `${message}: ${cause.message}`
    : message;
}
