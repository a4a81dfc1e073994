import type { AnyOperation, Surface } from "@sayso/catalogue";
import type { Authenticator, ErrorDetails, RateLimiter, Services } from "@sayso/core";
import type { Authenticate } from "./authenticate.ts";
import type { Handler, Handlers } from "./bind.ts";
import type { RateLimit } from "./rate-limit.ts";

/** A refusal before it has a surface's form. */
export interface Refusal {
  status: number;
  /** One of the closed list of error codes, or HTTP's own: `method_not_allowed`, `payload_too_large`, … */
  code: string;
  /** Public. */
  message: string;
  /** Public. */
  details?: ErrorDetails;
  /** True: fields have the names that the caller sent, not those of the core. */
  isInCallersWords?: boolean;
}

/** The parts from which a surface can build its own authentication and limits. */
export interface Doors {
  services: Services;
  authenticator: Authenticator;
  limiter: RateLimiter;
  /** Takes an API key, a personal token, an app's access token, or a session. */
  authenticate: Authenticate;
  /** Counts against the credential's own hour. */
  rateLimit: RateLimit;
}

/** A surface with everything that serving it needs. */
export interface ServedSurface {
  declared: Surface;
  handlers: Readonly<Record<string, Handler<AnyOperation>>>;
  /** Makes the body of a refusal, as `declared.errorBody` says. */
  renderError: (refusal: Refusal) => unknown;
  /** The beginnings of its addresses. An unknown address below them is refused in the surface's own form. */
  bases: readonly string[];
  /** Authenticates callers; default: `doors.authenticate`. */
  authenticate?: (doors: Doors) => Authenticate;
  /** Limits how often they call; default: `doors.rateLimit`. */
  rateLimit?: (doors: Doors) => RateLimit;
}

/** Joins a surface with its handlers. An operation without a handler does not compile. */
export function serveSurface<Operations extends Readonly<Record<string, AnyOperation>>>(
  operations: Operations,
  handlers: Handlers<Operations>,
  served: Omit<ServedSurface, "handlers">,
): ServedSurface {
  if (served.declared.operations !== operations)
    throw new Error(`${served.declared.name} is served with another surface's handlers`);
  return { ...served, handlers: handlers };
}
