import type { AnyOperation, Surface } from "@sayso/catalogue";
import type { Authenticator, RateLimiter, Services } from "@sayso/core";
import type { Authenticate } from "./authenticate.ts";
import type { Handler, Handlers } from "./bind.ts";
import type { RateLimit } from "./rate-limit.ts";

/** A refusal before it has a surface's form. */
export interface Refusal {
  status: number;
  /** Of the closed list of error codes, or HTTP's own: `method_not_allowed`, `payload_too_large`, … */
  code: string;
  /** Public. */
  message: string;
  /** Public; `fields` names the faults of the input. */
  details?: Record<string, unknown>;
  /** Whether fields are named as the caller sent them, not as the core calls them. */
  isInCallersWords?: boolean;
}

/** What a surface may build its own way in from. */
export interface Doors {
  services: Services;
  authenticator: Authenticator;
  limiter: RateLimiter;
  /** An API key, a personal token, an app's access token, or a session. */
  authenticate: Authenticate;
  /** The credential's own hour. */
  rateLimit: RateLimit;
}

/** A surface with all that serving it needs. */
export interface ServedSurface {
  declared: Surface;
  handlers: Readonly<Record<string, Handler<AnyOperation>>>;
  /** The body of a refusal, as `declared.errorBody` says. */
  renderError: (refusal: Refusal) => unknown;
  /** Where its addresses begin: what isn't there is refused in its own form. */
  bases: readonly string[];
  /** Who calls; default: `doors.authenticate`. */
  authenticate?: (doors: Doors) => Authenticate;
  /** How often; default: `doors.rateLimit`. */
  rateLimit?: (doors: Doors) => RateLimit;
}

/** A surface to serve; an operation without its handler does not compile. */
export function serveSurface<Operations extends Readonly<Record<string, AnyOperation>>>(
  operations: Operations,
  handlers: Handlers<Operations>,
  served: Omit<ServedSurface, "handlers">,
): ServedSurface {
  if (served.declared.operations !== operations)
    throw new Error(`${served.declared.name} is served with another surface's handlers`);
  return { ...served, handlers: handlers };
}
