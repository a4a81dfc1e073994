import type { IncomingMessage } from "node:http";
import { Router, type Request, type RequestHandler, type Response } from "express";
import type { Provider } from "oidc-provider";
import { createAnonymousLimit } from "../http/anonymous-limit.ts";
import { oauthPaths } from "./paths.ts";
import { receiveForm, receiveOnlyJson } from "./receive-body.ts";
import { allowOnly, sendOAuthError } from "./send-error.ts";

export interface RouteOptions {
  provider: Provider;
  /** SAYSO_URL. */
  publicUrl: string;
  allowsRegistration: boolean;
  /**
   * The set to which requests are added that must run in one transaction. It holds requests instead of paths, because
   * oidc-provider accepts other spellings of a path as well.
   */
  inTransaction: WeakSet<IncomingMessage>;
}

/** The calls of one network. A whole n8n, or a platform in the cloud, can stand behind it. */
const CALLS_AN_HOUR = 20_000;
/** The questions of apps to people. Each is stored for a while. */
const QUESTIONS_AN_HOUR = 2_000;
const REGISTRATIONS_AN_HOUR = 20;

/** Routes the authorization server's endpoints, under the server's root. */
export function routeOAuth(options: RouteOptions): Router {
  const { provider, allowsRegistration, inTransaction } = options;
  const { authorization, token, revocation, introspection, registration, jwks } = oauthPaths;
  const answer = provider.callback();
  const protocol = new URL(options.publicUrl).protocol.slice(0, -1);
  const hand = (request: Request, response: Response): void => {
    // A proxy can have ended TLS. Cookies must fit the address that people use.
    request.headers["x-forwarded-proto"] = protocol;
    // Apps are answered in JSON, even one whose Accept header names something else.
    if (request.method === "POST") request.headers.accept = "application/json";
    void answer(request, response);
  };
  const asTransaction: RequestHandler = (request, _response, next) => {
    inTransaction.add(request);
    next();
  };

  const router = Router({ caseSensitive: true, strict: true });
  router.use(Object.values(oauthPaths), limitEach(CALLS_AN_HOUR));
  router.use(authorization, limitEach(QUESTIONS_AN_HOUR));
  router.all([authorization, `${authorization}/:uid`], allowOnly("GET", "HEAD"), hand);
  router.all(
    ["/.well-known/oauth-authorization-server", jwks],
    allowOnly("GET", "HEAD", "OPTIONS"),
    hand,
  );
  const post = [allowOnly("POST", "OPTIONS"), receiveForm, ignoreBearer];
  router.all([token, revocation], ...post, asTransaction, hand);
  router.all(introspection, ...post, hand);
  if (allowsRegistration) {
    const limit = limitEach(REGISTRATIONS_AN_HOUR);
    router.all(registration, allowOnly("POST"), limit, receiveOnlyJson, hand);
  }
  router.use([...Object.values(oauthPaths), "/.well-known"], sendOAuthError);
  return router;
}

/**
 * Removes an `Authorization: Bearer` header. It is no way for an app to authenticate here (RFC 6749 §2.3), but Zapier's
 * middleware adds it to every call.
 */
const ignoreBearer: RequestHandler = ({ headers }, _response, next) => {
  if (/^bearer\b/i.test(headers.authorization ?? "")) delete headers.authorization;
  next();
};

function limitEach(callsAnHour: number): RequestHandler {
  const limit = createAnonymousLimit(callsAnHour);
  return (request, response, next) => {
    limit(request, response);
    next();
  };
}
