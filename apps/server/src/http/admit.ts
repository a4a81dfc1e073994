import type { AnyOperation } from "@sayso/catalogue";
import { DomainError, isAdmin, lacksScope, whyNoAdmin } from "@sayso/core";
import type { Request, RequestHandler, Response } from "express";
import type { AnonymousLimit } from "./anonymous-limit.ts";
import { refuseKeyInAddress, type Authenticate, type Credential } from "./authenticate.ts";
import { asFeedReader } from "./feed-allowance.ts";
import type { HttpError } from "./http-error.ts";
import type { LogCall } from "./call-log.ts";
import type { RateLimit } from "./rate-limit.ts";

export interface AdmitOptions {
  authenticate: Authenticate;
  rateLimit: RateLimit;
  /** Of those who show no valid credential. */
  anonymousLimit: AnonymousLimit;
  /** Told of every call that a credential stands behind, refused or not. */
  logCall: LogCall;
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
export function createAdmission({
  authenticate: readCredential,
  rateLimit,
  anonymousLimit,
  logCall,
}: AdmitOptions): Admission {
  // Whatever kinds of credentials a surface takes, none may stand in the address.
  const authenticate: Authenticate = async (request, response) => {
    refuseKeyInAddress(request);
    return readCredential(request, response);
  };
  const identify = async (
    request: Request,
    response: Response,
    operation: AnyOperation | null,
  ): Promise<Credential> => {
    const credential = await authenticate(request, response).catch((error: unknown) => {
      // A database that is away is not the caller's fault.
      if (isStranger(error)) anonymousLimit(request, response);
      throw error;
    });
    logCall(credential, operation?.key ?? null, request, response);
    await rateLimit(operation?.readsFeed ? asFeedReader(credential) : credential, response);
    return credential;
  };

  return {
    async admit(operation, request, response) {
      if (operation.scope === null) {
        anonymousLimit(request, response);
        return null;
      }
      const credential = await identify(request, response, operation);
      if (!credential.scopes.has(operation.scope))
        throw lacksScope(credential.actor, operation.scope);
      if (operation.adminOnly && !isAdmin(credential.actor)) {
        throw new DomainError(
          "forbidden",
          "Only a person who administers the organization may do this",
          { details: { reason: whyNoAdmin(credential.actor) } },
        );
      }
      requireCaller(operation, credential);
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
      identify(request, response, null).then(
        () => next(error(request)),
        // Without a credential there is nothing to hide: what isn't there, isn't.
        (reason: unknown) => {
          next(isStranger(reason) ? error(request) : reason);
        },
      );
    },
  };
}

/** @throws DomainError `forbidden`, with `details.reason` `session_required` */
function requireCaller({ caller }: AnyOperation, { actor }: Credential): void {
  if (caller === undefined) return;
  const details = { reason: "session_required" };
  if (actor.kind !== "person")
    throw new DomainError(
      "forbidden",
      "Only a person may do this; a connection's key stands for none",
      { details },
    );
  if (caller === "session" && actor.via !== "session")
    throw new DomainError(
      "forbidden",
      "Only a person who is signed in may do this, by themselves",
      { details },
    );
}

const isStranger = (error: unknown): boolean =>
  error instanceof DomainError && error.code === "unauthenticated";
