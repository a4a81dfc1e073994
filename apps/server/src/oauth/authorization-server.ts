import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import {
  createOAuthSecret,
  createTokenStore,
  DomainError,
  isClientSecret,
  readGrantFacts,
  readSigningKeys,
  type Services,
  type TokenStore,
} from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import type { Router } from "express";
import { Provider, type KoaContextWithOIDC } from "oidc-provider";
import type { Logger } from "pino";
import type { Site } from "../site/site.ts";
import { createAdapter } from "./adapter.ts";
import { configure, defaultScope, scopeOfApp } from "./configuration.ts";
import { oauthPaths } from "./paths.ts";
import { tidyMetadata } from "./discovery.ts";
import { routeOAuth } from "./routes.ts";

/** The authorization server: its endpoints, and the provider that the consent page needs. */
export interface AuthorizationServer {
  /** `/oauth/authorize`, `/api/v1/oauth/*` and `/.well-known/*`; to be mounted at the server's root. */
  router: Router;
  provider: Provider;
}

export interface AuthorizationServerOptions {
  services: Services;
  log: Logger;
  /** The frame of the error page. */
  site: Site;
  /** True: apps may register themselves (RFC 7591). */
  allowsRegistration: boolean;
}

/**
 * Creates an OAuth 2.0 server after RFC 6749 with RFC 9700's advice: code flow with PKCE S256 for every client, client
 * credentials, refresh tokens that rotate; RFC 7009, 7662, 8414, 8707, 9068, 9207. oidc-provider implements the
 * protocol; packages/core/src/oauth keeps clients, grants and tokens.
 */
export async function createAuthorizationServer(
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  const { services, allowsRegistration } = options;
  const tokens = createTokenStore(services);
  const provider = new Provider(
    services.publicUrl,
    configure({
      ...options,
      tokens,
      adapter: createAdapter(services, tokens),
      signingKeys: await readSigningKeys(services),
    }),
  );
  // X-Forwarded-Proto comes from SAYSO_URL: routeOAuth replaces the header that was sent.
  provider.proxy = true;
  useOurSecrets(provider, services, tokens);
  const inTransaction = new WeakSet<IncomingMessage>();
  useOurRules(provider, { ...options, tokens, inTransaction });
  const { publicUrl } = services;
  return {
    provider,
    router: routeOAuth({ provider, publicUrl, allowsRegistration, inTransaction }),
  };
}

/**
 * Replaces oidc-provider's secrets. Codes and tokens look like all secrets of Sayso, so that garbage costs no query.
 * The successor of a refresh token is derived from it. A client's secret is compared by its hash. Addresses are made
 * from SAYSO_URL alone.
 */
function useOurSecrets(provider: Provider, services: Services, tokens: TokenStore): void {
  function accessTokenId(this: AccessTokenModel): string {
    this.format = this.resourceServer?.accessTokenFormat ?? "opaque";
    return this.format === "jwt" ? services.newId() : createOAuthSecret("accessToken");
  }
  override(provider.AccessToken, "generateTokenId", accessTokenId);
  override(provider.ClientCredentials, "generateTokenId", function (this: AccessTokenModel) {
    this.scope = scopeOfApp(this, Provider.ctx?.oidc.body?.scope);
    return accessTokenId.call(this);
  });
  override(provider.AuthorizationCode, "generateTokenId", () => createOAuthSecret("code"));
  override(provider.RefreshToken, "generateTokenId", () => {
    const rotated = Provider.ctx?.oidc.entities.RotatedRefreshToken;
    return rotated ? tokens.successorOf(rotated.jti) : createOAuthSecret("refreshToken");
  });
  override(
    provider.Client,
    "compareClientSecret",
    function (this: { clientId: string }, given: string) {
      return isClientSecret(tokens.db, this.clientId, given);
    },
  );
  override(provider.OIDCContext, "urlFor", provider.urlFor.bind(provider));
}

/** The fields of oidc-provider's models of access tokens. */
interface AccessTokenModel {
  format?: string;
  scope?: string;
  client?: { scope?: string };
  resourceServer?: { accessTokenFormat?: string };
}

function override(model: { prototype: object }, name: string, value: unknown): void {
  Object.defineProperty(model.prototype, name, { value, configurable: true, writable: true });
}

interface Rules {
  services: Services;
  log: Logger;
  tokens: TokenStore;
  inTransaction: WeakSet<IncomingMessage>;
}

/**
 * Adds Sayso's rules to the protocol: one transaction for each token request, and the person's organization and address
 * in its answer.
 */
function useOurRules(provider: Provider, { log, tokens, inTransaction }: Rules): void {
  provider.on("server_error", (context, error) => {
    log.error({ err: error, requestId: requestIdOf(context) }, "the authorization server failed");
  });
  const emitter: EventEmitter = provider;
  emitter.on("error", (error: unknown) => {
    log.error({ err: error }, "the authorization server could not answer");
  });
  provider.use<object, Pick<KoaContextWithOIDC, "oidc">>(async (context, next) => {
    const isTokens = inTransaction.has(context.req);
    const answer = async (): Promise<void> => {
      await rememberWhatWasAsked(provider, context);
      await next();
    };
    await (isTokens ? inOneTransaction(context, next, tokens) : answer()).catch(
      (error: unknown) => {
        log.error({ err: error, requestId: requestIdOf(context) }, "a token request failed");
        const isAway = error instanceof DomainError && error.code === "unavailable";
        context.status = isAway ? 503 : 500;
        context.body = isAway
          ? { error: "temporarily_unavailable", error_description: error.message }
          : { error: "server_error" };
      },
    );
    if (context.status === 503) context.set("Retry-After", "1");
    if (context.path === METADATA && context.status === 200 && isObject(context.body))
      context.body = tidyMetadata(context.body);
  });
}

const METADATA = "/.well-known/oauth-authorization-server";

const requestIdOf = ({ res }: { res: unknown }): unknown =>
  isObject(res) && isObject(res.locals) ? res.locals.requestId : undefined;

/**
 * Keeps the parameters as they were sent, because oidc-provider drops unknown scopes. Fills in the scopes of an app that
 * names none. Removes response_mode, because oidc-provider would send errors in any mode that it names.
 */
async function rememberWhatWasAsked(
  provider: Provider,
  { path, query, state }: KoaContextWithOIDC,
): Promise<void> {
  if (path !== oauthPaths.authorization) return;
  const { client_id: clientId, scope = "" } = query;
  if (typeof clientId === "string" && typeof scope === "string" && scope.trim() === "") {
    const client = clientId.includes("\0") ? undefined : await provider.Client.find(clientId);
    if (client) query.scope = defaultScope(client.scope ?? "");
  }
  state.asked = { ...query };
  delete query.response_mode;
}

async function inOneTransaction(
  context: KoaContextWithOIDC,
  next: () => Promise<unknown>,
  tokens: TokenStore,
): Promise<void> {
  await tokens
    .transaction(async () => {
      await next();
      // A failure on our side changes nothing. A refusal can have revoked something, which stays revoked.
      if (context.status >= 500) throw new AnsweredAlready();
      await addWhoItIs(context, tokens);
    })
    .catch((error: unknown) => {
      if (!(error instanceof AnsweredAlready)) throw error;
    });
}

class AnsweredAlready extends Error {}

/** Adds `org_name` and `user_email` to the answer if a person stands behind the grant. */
async function addWhoItIs({ oidc, body }: KoaContextWithOIDC, tokens: TokenStore): Promise<void> {
  const grantId = oidc?.entities.Grant?.jti;
  if (grantId === undefined || typeof body !== "object" || !body || !("access_token" in body))
    return;
  const facts = await readGrantFacts(tokens.db, grantId);
  Object.assign(body, { org_name: facts?.organizationName, user_email: facts?.personEmail });
}
