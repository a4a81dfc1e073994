import {
  DomainError,
  endInteraction,
  findClientRegistration,
  findInteraction,
  readGrantFacts,
  registerItself,
  saveInteraction,
  scopes,
  type ClientRegistration,
  type GrantFacts,
  type Services,
  type TokenKind,
  type TokenStore,
} from "@sayso/core";
import { errors, Provider, type Adapter, type AdapterPayload } from "oidc-provider";

/**
 * Creates the adapters that keep oidc-provider's models in Sayso's tables. Clients and grants are Sayso's own, which
 * people see and revoke. Codes and tokens are stored by their hash. The provider's own session is not kept at all,
 * because Sayso's session identifies the person.
 */
export function createAdapter(services: Services, tokens: TokenStore): (model: string) => Adapter {
  return (model) => withKnownErrors(adapterOf(model, services, tokens));
}

/**
 * The margin for the clocks of several processes: any of them can save an interaction again, for the time that it has
 * left by its own clock.
 */
const CLOCKS_APART_SECONDS = 60;

/** The operations that a model doesn't use. */
const nothing: Adapter = {
  upsert: () => Promise.resolve(),
  find: () => Promise.resolve(undefined),
  findByUserCode: () => Promise.resolve(undefined),
  findByUid: () => Promise.resolve(undefined),
  consume: () => Promise.resolve(),
  destroy: () => Promise.resolve(),
  revokeByGrantId: () => Promise.resolve(),
};

function adapterOf(model: string, services: Services, tokens: TokenStore): Adapter {
  switch (model) {
    case "Client":
      return {
        ...nothing,
        upsert: (id, payload) => registerItself(services, readRegistration(id, payload)),
        async find(id) {
          const client = await findClientRegistration(tokens.db, id);
          return client ? clientMetadata(client) : undefined;
        },
      };
    case "Grant":
      return {
        ...nothing,
        upsert: () => Promise.reject(new Error("Grants are made by createGrant")),
        async find(id) {
          const grant = await readGrantFacts(tokens.db, id);
          return grant ? grantPayload(grant) : undefined;
        },
        destroy: (id) => tokens.revokeGrant(id, whyRevoked()),
      };
    case "Interaction":
      return {
        ...nothing,
        upsert: (id, payload, expiresIn) =>
          saveInteraction(services, id, withoutId(id, payload), expiresIn ?? 0),
        async find(id) {
          const payload = await findInteraction(services, id);
          if (!payload) return undefined;
          const exp = expiryOf(payload, false) + CLOCKS_APART_SECONDS;
          return { ...payload, jti: id, returnTo: String(payload.returnTo) + id, exp };
        },
        destroy: (id) => endInteraction(services, id),
      };
    case "AuthorizationCode":
    case "AccessToken":
    case "RefreshToken":
    case "ClientCredentials":
      return tokenAdapter(model, tokens);
    default:
      return nothing;
  }
}

/** Removes the interaction's id from the end of the way back, because the id is stored as a hash only. */
const withoutId = (id: string, { jti: _, returnTo = "", ...payload }: AdapterPayload) => ({
  ...payload,
  returnTo: returnTo.slice(0, -id.length),
});

const tokenAdapter = (kind: TokenKind, tokens: TokenStore): Adapter => ({
  ...nothing,
  // `jti` is the token itself.
  upsert: (token, { jti: _, clientId, grantId, ...payload }, expiresInSeconds) =>
    tokens.save(kind, token, {
      clientId: clientId ?? "",
      grantId: grantId ?? null,
      payload: { ...payload, clientId, grantId },
      expiresInSeconds: expiresInSeconds ?? 0,
    }),
  async find(token) {
    const stored = await tokens.find(kind, token);
    if (!stored) return undefined;
    const exp = expiryOf(stored.payload, stored.isExpired);
    return { ...stored.payload, jti: token, exp, ...(stored.isConsumed && { consumed: true }) };
  },
  consume: (token) => tokens.consume(kind, token),
  destroy: (token) => tokens.destroy(kind, token),
  revokeByGrantId: (grantId) => tokens.revokeGrant(grantId, whyRevoked()),
});

/**
 * Returns an expiry, in seconds since 1970, that agrees with the database. oidc-provider compares it with the process's
 * clock, but the database decides what has expired.
 */
function expiryOf({ exp }: { exp?: unknown }, isExpired: boolean): number {
  const now = Math.floor(Date.now() / 1000);
  return isExpired ? Math.min(Number(exp), now) : Math.max(Number(exp), now + 1);
}

/** Returns why a grant is revoked: its client asked for it, or a code or refresh token came twice. */
const whyRevoked = (): "client" | "reuse" =>
  Provider.ctx?.oidc.route === "revocation" ? "client" : "reuse";

/** Returns a client's metadata (RFC 7591 §2). The secret itself is not stored: see Client.compareClientSecret. */
function clientMetadata(client: ClientRegistration): AdapterPayload {
  const isWeb = client.kind === "web";
  return {
    client_id: client.id,
    client_name: client.name,
    application_type: client.kind,
    redirect_uris: client.redirectUris,
    response_types: client.redirectUris.length > 0 ? ["code"] : [],
    grant_types: [
      ...(client.redirectUris.length > 0 ? ["authorization_code", "refresh_token"] : []),
      ...(client.allowsClientCredentials ? ["client_credentials"] : []),
    ],
    scope: client.scopes.join(" "),
    token_endpoint_auth_method: isWeb ? "client_secret_basic" : "none",
    ...(isWeb && { client_secret: "stored as a hash" }),
  };
}

function grantPayload(grant: GrantFacts): AdapterPayload {
  const scope = grant.scopes.join(" ");
  return {
    jti: grant.id,
    kind: "Grant",
    // No iat, because a process with a slow clock would take the grant for one from the future.
    accountId: grant.personId,
    clientId: grant.clientId,
    openid: { scope },
    ...(grant.resource !== null && { resources: { [grant.resource]: scope } }),
  };
}

function readRegistration(id: string, payload: AdapterPayload) {
  return {
    clientId: id,
    name: payload.client_name?.trim() || "An app without a name",
    kind: payload.token_endpoint_auth_method === "none" ? ("native" as const) : ("web" as const),
    redirectUris: [...(payload.redirect_uris ?? [])],
    scopes: payload.scope?.split(" ") ?? [...scopes],
    secret: payload.client_secret ?? null,
    allowsClientCredentials: payload.grant_types?.includes("client_credentials") ?? false,
  };
}

/** Translates the core's refusals into OAuth's errors, so that a client sees more than `server_error`. */
function withKnownErrors(adapter: Adapter): Adapter {
  const known =
    <Arguments extends unknown[], T>(call: (...given: Arguments) => Promise<T>) =>
    (...given: Arguments): Promise<T> =>
      call(...given).catch((error: unknown) => {
        throw error instanceof DomainError ? inOAuthWords(error) : error;
      });
  return {
    upsert: known(adapter.upsert),
    find: known(adapter.find),
    findByUserCode: known(adapter.findByUserCode),
    findByUid: known(adapter.findByUid),
    consume: known(adapter.consume),
    destroy: known(adapter.destroy),
    revokeByGrantId: known(adapter.revokeByGrantId),
  };
}

function inOAuthWords(error: DomainError): Error {
  switch (error.code) {
    case "unavailable":
      return Object.assign(new errors.TemporarilyUnavailable(error.message, { cause: error }), {
        status: 503,
        statusCode: 503,
      });
    case "forbidden":
      return new errors.InvalidGrant(error.message);
    case "validation_failed":
      return new errors.InvalidClientMetadata(error.message);
    default:
      return error;
  }
}
