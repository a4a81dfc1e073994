import {
  ALL_SCOPES,
  derivedId,
  DomainError,
  SESSION_RATE_LIMIT_PER_HOUR,
  type Authenticated,
  type Authenticator,
  type Services,
} from "@sayso/core";
import type { Request, Response } from "express";
import { isSameOrigin, readSession, renewSessionCookie } from "../site/session.ts";

/** The authenticated caller and its limits. */
export type Credential = Authenticated;

/**
 * Authenticates the caller of a request.
 *
 * @throws DomainError `unauthenticated`, `unavailable`
 */
export type Authenticate = (request: Request, response: Response) => Promise<Credential>;

export interface AuthenticateOptions {
  services: Services;
  authenticator: Authenticator;
}

/** A query parameter with the name of a credential, or any value that looks like one of Sayso's secrets. */
const CREDENTIAL_IN_QUERY =
  /[?&](?:api[-_]?key|key|token|(?:access|refresh)_token|client_secret|authorization|bearer)=|\b(?:gk|sp|sa|sr|sc|cs|okrt)_[0-9a-f]{64}/i;

/**
 * Authenticates by the `Authorization: Bearer …` header (RFC 6750 §2.1): an API key or a personal token. Without that
 * header, the session of a signed-in person counts. A call by session that changes something must come from Sayso's own
 * pages.
 */
export function createAuthenticate({ services, authenticator }: AuthenticateOptions): Authenticate {
  return async (request, response) => {
    const header = request.headers.authorization;
    if (header === undefined) return bySession(request, response, services);
    const raw = /^bearer +(\S+) *$/i.exec(header)?.[1];
    if (raw === undefined)
      throw unauthenticated(
        "The Authorization header must have the form Authorization: Bearer gk_…",
      );
    const credential = await authenticator.authenticate(raw);
    if (credential === null)
      throw unauthenticated("This key or token is unknown, expired or revoked");
    return credential;
  };
}

/**
 * Refuses a request with a key in its address, even if the header holds a valid one, because addresses end up in logs.
 *
 * @throws DomainError `unauthenticated`
 */
export function refuseKeyInAddress({ url }: Pick<Request, "url">): void {
  if (url.includes("?") && CREDENTIAL_IN_QUERY.test(url)) {
    throw unauthenticated(
      "Send the key in the Authorization header, never in the address; treat this key as leaked",
    );
  }
}

async function bySession(
  request: Request,
  response: Response,
  services: Services,
): Promise<Credential> {
  const session = await readSession(request, services);
  if (session === null) throw unauthenticated("Send an API key as Authorization: Bearer gk_…");
  const pageOf = request.headers["sayso-person"];
  if (pageOf !== undefined && pageOf !== session.actor.personId) {
    throw unauthenticated("Another person has signed in since this page was opened. Reload it");
  }
  const isReading = request.method === "GET" || request.method === "HEAD";
  if (!isReading && !isSameOrigin(request, services.publicUrl)) {
    throw unauthenticated("A session works only on Sayso's own pages; use an API key");
  }
  if (session.isRenewed && !response.headersSent) renewSessionCookie(request, response, services);
  return {
    actor: session.actor,
    organizationId: session.organizationId,
    scopes: ALL_SCOPES,
    rateLimitPerHour: SESSION_RATE_LIMIT_PER_HOUR,
    // All sessions of a person share one bucket, wherever and however often they sign in.
    bucketId: derivedId(`sessions ${session.actor.personId}`),
  };
}

const unauthenticated = (message: string): DomainError =>
  new DomainError("unauthenticated", message);
