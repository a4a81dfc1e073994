import { SaysoError } from "@sayso/client";
import type { ZObject } from "zapier-platform-core";

/** How long Zapier waits where the server doesn't say, in seconds. */
const PAUSE_SECONDS = 60;

/** Of the client itself: nothing that Sayso said. */
const unreachable = ["NETWORK_ERROR", "TIMEOUT", "BAD_RESPONSE", "REDIRECTED"];

/** What a refusal is to the step that met it. */
export interface Refusal {
  /** Whether Zapier tries the step again by itself rather than ending the run, also if Sayso can't be reached. */
  isAwaited?: boolean;
}

/**
 * What Zapier is told when a call did not succeed, always in the server's words: 429 and 503 make it try again as late
 * as the server says, an emergency stop halts the Zap, and a field that is wrong is named.
 */
export function refusalOf(z: ZObject, error: unknown, { isAwaited = false }: Refusal = {}): Error {
  const core = coreError(error);
  if (core) return core;
  if (!(error instanceof SaysoError)) return error as Error;
  const { code, status, retryAfterSeconds } = error;
  const message = describe(error);
  if (code === "EMERGENCY_STOP") return new z.errors.HaltedError(message);
  const isPassing = status === 429 || status === 503;
  if (isPassing || (isAwaited && (status >= 500 || unreachable.includes(code)))) {
    return new z.errors.ThrottledError(message, Math.ceil(retryAfterSeconds ?? PAUSE_SECONDS));
  }
  return new z.errors.Error(message, code, status || 502);
}

/** Runs a step and tells Zapier what went wrong, if something did. */
export async function telling<Result>(
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

/** What Zapier's own HTTP client threw, such as that the token has to be renewed; the client wraps it. */
function coreError(error: unknown): Error | null {
  const { cause } = error as { cause?: unknown };
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
