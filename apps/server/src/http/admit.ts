import type { AnyOperation } from "@sayso/catalogue";
import { DomainError, isAdmin, lacksScope, whyNoAdmin } from "@sayso/core";
import type { Request, RequestHandler, Response } from "express";
import type { AnonymousLimit } from "./anonymous-limit.ts";
import { refuseKeyInAddress, type Authenticate, type Credential } from "./authenticate.ts";
import { asFeedReader } from "./feed-allowance.ts";
import type { ContinuedWaits } from "./continued-waits.ts";
import type { HttpError } from "./http-error.ts";
import type { LogCall } from "./call-log.ts";
import type { RateLimit } from "./rate-limit.ts";

export interface AdmitOptions {
  authenticate: Authenticate;
  rateLimit: RateLimit;
  /** The limit for calls without a valid credential. */
  anonymousLimit: AnonymousLimit;
  /** Notes every call with a valid credential, refused or not. */
  logCall: LogCall;
  waits: ContinuedWaits;
}

export interface Admission {
  /**
   * Authenticates and counts the call, and checks the rights of its credential. Null: anybody may call this operation.
   *
   * @throws DomainError `unauthenticated`, `forbidden`, `rate_limited`, `unavailable`
   */
  admit(operation: AnyOperation, request: Request, response: Response): Promise<Credential | null>;
  /**
   * Checks, during a long call, that its credential is still valid and has the same rights. Returns false at most one
   * second after that ended. While the database is unavailable, the answer stays as it was.
   */
  isStillAdmitted(
    operation: AnyOperation,
    request: Request,
    response: Response,
    credential: Credential,
  ): Promise<boolean>;
  /** Refuses every request that gets here with this error. Counts it like any other call. */
  refuse(error: (request: Request) => HttpError): RequestHandler;
}

/** Decides who may call, and how often. Every answer states the limit in its `X-RateLimit-*` headers. */
export function createAdmission({
  authenticate: readCredential,
  rateLimit,
  anonymousLimit,
  logCall,
  waits,
}: AdmitOptions): Admission {
  // No surface takes a credential in the address, whatever kinds of credentials it knows.
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
      // An unavailable database is not the caller's fault, so it is not counted.
      if (isStranger(error)) anonymousLimit(request, response);
      throw error;
    });
    logCall(credential, operation?.key ?? null, request, response);
    await count(credential, request, response, operation);
    return credential;
  };
  const count = async (
    credential: Credential,
    request: Request,
    response: Response,
    operation: AnyOperation | null,
  ): Promise<void> => {
    if (!operation?.readsFeed) return rateLimit(credential, response);
    const { bucketId } = credential;
    const beganAt = performance.now();
    const isFree = waits.continues(bucketId, request);
    await rateLimit(asFeedReader(credential), response, isFree);
    response.once("finish", () => {
      if (response.statusCode === 200) waits.ended(bucketId, request, beganAt);
    });
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
        // A caller without a credential gets the same answer: nothing is here that the answer could give away.
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
    throw new DomainError("forbidden", "Only a person may do this: a connection's key can't", {
      details,
    });
  if (caller === "session" && actor.via !== "session")
    throw new DomainError("forbidden", "Only a signed-in person may do this, not through an app", {
      details,
    });
}

const isStranger = (error: unknown): boolean =>
  error instanceof DomainError && error.code === "unauthenticated";
