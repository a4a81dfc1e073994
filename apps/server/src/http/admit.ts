import type { AnyOperation } from "@sayso/catalogue";
import { DomainError, isAdmin } from "@sayso/core";
import type { Request, RequestHandler, Response } from "express";
import { createAnonymousLimit, type AnonymousLimit } from "./anonymous-limit.ts";
import type { Authenticate, Credential } from "./authenticate.ts";
import type { HttpError } from "./http-error.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Calls without a valid credential, of one address. */
const STRANGERS_CALLS_AN_HOUR = 1000;

export interface AdmitOptions {
  authenticate: Authenticate;
  rateLimit: RateLimit;
}

export interface Admission {
  /**
   * Authenticates, counts and checks what the credential may do; null for an operation that anybody may call.
   *
   * @throws DomainError `unauthenticated`, `forbidden`, `rate_limited`, `unavailable`
   */
  admit(operation: AnyOperation, request: Request, response: Response): Promise<Credential | null>;
  /**
   * Whether the caller of a call that takes long is still the one that was admitted, with the same rights: false
   * within a second after that ended. While the database is away nothing is known, and nothing changes.
   */
  isStillAdmitted(
    operation: AnyOperation,
    request: Request,
    response: Response,
    credential: Credential,
  ): Promise<boolean>;
  /** Refuses with this error whatever gets here, counted like any other call. */
  refuse(error: (request: Request) => HttpError): RequestHandler;
}

/** Who may come in, and how often. Every answer says so in its `X-RateLimit-*` headers. */
export function createAdmission({ authenticate, rateLimit }: AdmitOptions): Admission {
  const anonymousLimit: AnonymousLimit = createAnonymousLimit(STRANGERS_CALLS_AN_HOUR);

  const identify = async (request: Request, response: Response): Promise<Credential> => {
    const credential = await authenticate(request, response).catch((error: unknown) => {
      // A database that is away is not the caller's fault.
      if (isStranger(error)) anonymousLimit(request, response);
      throw error;
    });
    await rateLimit(credential, response);
    return credential;
  };

  return {
    async admit(operation, request, response) {
      if (operation.scope === null) {
        anonymousLimit(request, response);
        return null;
      }
      const credential = await identify(request, response);
      if (!credential.scopes.has(operation.scope)) {
        throw new DomainError("forbidden", `This credential lacks the scope ${operation.scope}`, {
          details: { scope: operation.scope },
        });
      }
      if (operation.adminOnly && !isAdmin(credential.actor)) {
        throw new DomainError(
          "forbidden",
          "Only a person who administers the organization may do this",
        );
      }
      return credential;
    },

    async isStillAdmitted(operation, request, response, credential) {
      try {
        const now = await authenticate(request, response);
        return (
          now.organizationId === credential.organizationId &&
          isAdmin(now.actor) === isAdmin(credential.actor) &&
          (operation.scope === null || now.scopes.has(operation.scope))
        );
      } catch (error) {
        return !isStranger(error);
      }
    },

    refuse: (error) => (request, response, next) => {
      identify(request, response).then(
        () => next(error(request)),
        // Without a credential there is nothing to hide: what isn't there, isn't.
        (reason: unknown) => {
          next(isStranger(reason) ? error(request) : reason);
        },
      );
    },
  };
}

const isStranger = (error: unknown): boolean =>
  error instanceof DomainError && error.code === "unauthenticated";
