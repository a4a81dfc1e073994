import {
  createOAuthSecret,
  DECIDE,
  readGrantFacts,
  scopes,
  type Services,
  type TokenStore,
} from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import { errors, interactionPolicy, type Adapter, type Configuration } from "oidc-provider";
import type { Site } from "../site/site.ts";
import { showAuthorizationError } from "./authorization-error.ts";
import { oauthPaths } from "./paths.ts";

/** Returns the path of the page on which a person allows an app's request. */
export const consentPath = (uid: string): string => `/oauth/consent/${uid}`;

/**
 * Returns the resource (RFC 8707) whose tokens are JWTs (RFC 9068): the runs surface. Its clients expect to read their
 * tokens.
 */
const runsResource = (services: Services): string => `${services.publicUrl}/organizations`;
const RUNS_SCOPES = "flows:read flows:write approvals:decide";

const MINUTE = 60;
const DAY = 86_400;
/** Lifetimes in seconds. */
const lifetimes = {
  AuthorizationCode: 60,
  AccessToken: 60 * MINUTE,
  ClientCredentials: 60 * MINUTE,
  /** The lifetime of each refresh token. A connection in use gets new ones, and so goes on. */
  RefreshToken: 180 * DAY,
  Interaction: 15 * MINUTE,
  Session: 15 * MINUTE,
  Grant: 3650 * DAY,
};

export interface ConfigureOptions {
  services: Services;
  tokens: TokenStore;
  adapter: (model: string) => Adapter;
  signingKeys: readonly object[];
  allowsRegistration: boolean;
  site: Site;
}

/** Returns oidc-provider's settings: no OpenID Connect, and no flows but the code's and client credentials. */
export function configure(options: ConfigureOptions): Configuration {
  const { services, tokens } = options;
  const isSecure = services.publicUrl.startsWith("https:");
  const cookie = { httpOnly: true, sameSite: "lax", signed: true, secure: isSecure } as const;
  return {
    adapter: options.adapter,
    jwks: { keys: [...options.signingKeys] },
    scopes: [...scopes],
    claims: {},
    responseTypes: ["code"],
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    cookies: {
      keys: [services.secrets.deriveKey("oauth cookies").toString("base64url")],
      names: { session: "oauth_session", interaction: "oauth_consent", resume: "oauth_resume" },
      long: cookie,
      short: cookie,
    },
    pkce: { required: requirePkce },
    ttl: lifetimes,
    routes: oauthPaths,
    rotateRefreshToken: true,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed("refresh_token"),
    // The default would fetch this address from inside the network, and anybody who registers an app can choose it.
    sectorIdentifierUriValidate: () => false,
    expiresWithSession: () => false,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // Each yes is a grant of its own, made on the consent page a moment ago.
    async loadExistingGrant({ oidc }) {
      const grantId = oidc.result?.consent?.grantId;
      const grant = grantId === undefined ? undefined : await oidc.provider.Grant.find(grantId);
      // The person can have allowed less than the app asked for, and can have added deciding.
      if (grant && oidc.params) oidc.params.scope = grant.getOIDCScope();
      return grant;
    },
    formats: {
      customizers: {
        async jwt(_context, token, jwt) {
          const grantId = "grantId" in token ? token.grantId : undefined;
          const grant = grantId === undefined ? null : await readGrantFacts(tokens.db, grantId);
          // A reader of the token can check by this id whether the grant is still valid.
          if (grant) Object.assign(jwt.payload ?? {}, { grant_id: grant.id });
        },
      },
    },
    interactions: { policy: createPolicy(), url: (_context, { uid }) => consentPath(uid) },
    renderError: showAuthorizationError(options.site),
    features: featuresOf(options),
  };
}

function featuresOf({ services, allowsRegistration }: ConfigureOptions): Configuration["features"] {
  const off = { enabled: false };
  return {
    devInteractions: off,
    userinfo: off,
    rpInitiatedLogout: off,
    pushedAuthorizationRequests: off,
    dPoP: off,
    claimsParameter: off,
    clientCredentials: { enabled: true },
    // An app can introspect only its own tokens.
    introspection: {
      enabled: true,
      allowedPolicy: (_context, client, token) => client.clientId === token.clientId,
    },
    revocation: {
      enabled: true,
      allowedPolicy: (_context, client, token) => client.clientId === token.clientId,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo(_context, resource) {
        if (resource !== runsResource(services)) throw new errors.InvalidTarget();
        return {
          scope: RUNS_SCOPES,
          audience: resource,
          accessTokenFormat: "jwt",
          accessTokenTTL: lifetimes.AccessToken,
          jwt: { sign: { alg: "ES256" } },
        };
      },
    },
    ...(allowsRegistration && {
      registration: {
        enabled: true,
        initialAccessToken: false,
        issueRegistrationAccessToken: false,
        idFactory: () => services.newId(),
        secretFactory: () => createOAuthSecret("clientSecret"),
      },
    }),
  };
}

/**
 * Refuses unknown scopes and modes, and asks every time: no app is let in without a person's yes to this connection.
 */
function createPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.get("login")?.checks.add(
    new interactionPolicy.Check("asked", "what is asked for must exist", ({ oidc, state }) => {
      if (oidc.route === "authorization")
        refuseWhatWasAsked(isObject(state.asked) ? state.asked : {});
      return interactionPolicy.Check.NO_NEED_TO_PROMPT;
    }),
  );
  return policy;
}

/** @throws InvalidRequest, in place of oidc-provider's own, because it says how to switch PKCE on */
function requirePkce(): never {
  throw new errors.InvalidRequest(
    "PKCE is required: send code_challenge with code_challenge_method S256. In n8n choose the grant type PKCE; in Make use the Sayso app, or send both in the authorize parameters of your own app's connection",
  );
}

/**
 * @param asked the parameters as they were sent, because oidc-provider drops unknown scopes
 * @throws InvalidRequest, UnsupportedResponseMode, InvalidScope
 */
function refuseWhatWasAsked(asked: Record<string, unknown>): void {
  const broken = Object.entries(asked).find(([, value]) => [value].flat().join("").includes("\0"));
  if (broken) throw new errors.InvalidRequest(`${broken[0]} may hold no NUL character`);
  const { response_mode: mode, scope, resource } = asked;
  if (mode !== undefined && mode !== "" && mode !== "query")
    throw new errors.UnsupportedResponseMode("response_mode must be query");
  if (typeof scope !== "string" || scope === "")
    throw new errors.InvalidScope("scope is missing; ask for at least one", "");
  const words = readScope(scope);
  if (resource !== undefined) requireSome(ofRuns(words));
}

/** A token of client credentials. `client.scope` is everything that the app may have. */
interface AppToken {
  scope?: string;
  client?: { scope?: string };
  resourceServer?: object;
}

/**
 * Returns the scope of an app that named none (RFC 6749 §3.3): the scopes that it was registered with, but never that
 * for deciding, which has to be asked for by name.
 */
export const defaultScope = (registered: string): string =>
  registered
    .split(" ")
    .filter((word) => word !== DECIDE)
    .join(" ");

/**
 * Returns the scope of an app's own token: the scope that it asked for, or its default scope.
 *
 * @param asked the scope as it was sent
 * @throws InvalidScope
 */
export function scopeOfApp({ scope, client, resourceServer }: AppToken, asked: unknown): string {
  if (typeof asked === "string" && asked !== "") {
    readScope(asked);
    return requireSome((scope ?? "").split(" "));
  }
  const all = defaultScope(client?.scope ?? "").split(" ");
  return requireSome(resourceServer ? ofRuns(all) : all);
}

/** @throws InvalidScope that names the first unknown scope */
function readScope(scope: string): string[] {
  const words = scope.split(" ").filter((word) => word !== "");
  const unknown = words.find((word) => !scopes.some((scope) => scope === word));
  if (unknown !== undefined) throw new errors.InvalidScope(`there is no scope ${unknown}`, unknown);
  return words;
}

const ofRuns = (words: readonly string[]): string[] =>
  words.filter((word) => RUNS_SCOPES.split(" ").includes(word));

/** @throws InvalidScope */
function requireSome(words: readonly string[]): string {
  const scope = words.join(" ");
  if (scope === "")
    throw new errors.InvalidScope("none of these scopes belongs to the resource", "");
  return scope;
}
