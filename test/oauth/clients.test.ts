// Widely used clients, unmodified, find the server and work with it.
import { must } from "@sayso/must";
import { api } from "@sayso/testkit";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { afterAll, describe, expect, test } from "vitest";
import { signedIn } from "../pages/visitor.ts";
import { answerConsent, openReplicas, REDIRECT_URI, registerApp } from "./app.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { here, there, organization, ada, app } = replicas;
const robot = await registerApp(organization, {
  name: "Robot",
  redirectUris: [],
  allowsClientCredentials: true,
});
const phone = await registerApp(organization, {
  name: "Phone",
  kind: "native",
  redirectUris: ["http://127.0.0.1/callback"],
});

/**
 * Opens a client's authorization address in Ada's browser, and lets her allow. @returns the address of the final
 * redirect
 */
const letAdaAllow = async (address: URL): Promise<URL> =>
  answerConsent(await signedIn(here, ada), address.href.slice(here.length));

describe("the metadata (RFC 8414)", () => {
  test("says where everything is, and nothing that isn't so", async () => {
    const response = await fetch(`${here}/.well-known/oauth-authorization-server`);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({
      issuer: here,
      authorization_endpoint: `${here}/oauth/authorize`,
      token_endpoint: `${here}/api/v1/oauth/token`,
      revocation_endpoint: `${here}/api/v1/oauth/revoke`,
      introspection_endpoint: `${here}/api/v1/oauth/introspect`,
      jwks_uri: `${here}/.well-known/jwks.json`,
      scopes_supported: [
        "approvals:read",
        "approvals:write",
        "approvals:decide",
        "comments:write",
        "okrs:read",
        "okrs:write",
        "kpis:read",
        "kpis:write",
        "okr-checkins:write",
        "reviews:read",
        "reviews:write",
        "flows:read",
        "flows:write",
      ],
      response_types_supported: ["code"],
      response_modes_supported: ["query"],
      grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
      revocation_endpoint_auth_methods_supported: [
        "client_secret_basic",
        "client_secret_post",
        "none",
      ],
      introspection_endpoint_auth_methods_supported: [
        "client_secret_basic",
        "client_secret_post",
        "none",
      ],
      authorization_response_iss_parameter_supported: true,
    });
  });

  test("is not OpenID Connect's: this server signs nobody in elsewhere", async () => {
    expect((await fetch(`${here}/.well-known/openid-configuration`)).status).toBe(404);
  });
});

describe("openid-client", () => {
  const configure = (
    { id, secret }: { id: string; secret: string | null },
    method?: openid.ClientAuth,
  ) =>
    openid.discovery(new URL(here), id, secret ?? undefined, method, {
      algorithm: "oauth2",
      execute: [openid.allowInsecureRequests],
    });

  test.each<[string, () => Promise<openid.Configuration>, string]>([
    [
      "with the secret in the form",
      () => configure(app, openid.ClientSecretPost(must(app.secret))),
      REDIRECT_URI,
    ],
    [
      "with the secret in the header",
      () => configure(app, openid.ClientSecretBasic(must(app.secret))),
      REDIRECT_URI,
    ],
    [
      "without a secret, on a person's device",
      () => configure(phone, openid.None()),
      "http://127.0.0.1:51004/callback",
    ],
  ])(
    "connects, refreshes, introspects and revokes %s",
    async (_, makeConfiguration, redirectUri) => {
      const configuration = await makeConfiguration();
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      const expectedState = openid.randomState();
      const back = await letAdaAllow(
        openid.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: "approvals:read comments:write",
          state: expectedState,
          code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
          code_challenge_method: "S256",
        }),
      );
      const first = await openid.authorizationCodeGrant(configuration, back, {
        pkceCodeVerifier,
        expectedState,
      });
      expect(first).toMatchObject({
        token_type: "bearer",
        scope: "approvals:read comments:write",
        user_email: ada.email,
        org_name: organization.name,
      });
      expect((await api(there, first.access_token).list()).status).toBe(200);

      const second = await openid.refreshTokenGrant(configuration, must(first.refresh_token));
      expect(second.refresh_token).not.toBe(first.refresh_token);
      for (const [token, kind] of [
        [second.access_token, "Bearer"],
        [must(second.refresh_token), undefined],
      ] as const) {
        const reported = await openid.tokenIntrospection(configuration, token);
        expect(reported).toMatchObject({
          active: true,
          sub: ada.id,
          client_id: configuration.clientMetadata().client_id,
          scope: "approvals:read comments:write",
          iss: here,
        });
        expect(reported.token_type).toBe(kind);
      }

      await openid.tokenRevocation(configuration, must(second.refresh_token));
      expect(await openid.tokenIntrospection(configuration, second.access_token)).toEqual({
        active: false,
      });
      await expect(
        openid.refreshTokenGrant(configuration, must(second.refresh_token)),
      ).rejects.toMatchObject({ error: "invalid_grant" });
    },
  );

  test("acts by itself with client credentials", async () => {
    const configuration = await configure(robot);
    const { access_token, scope } = await openid.clientCredentialsGrant(configuration, {
      scope: "approvals:read",
    });
    expect(scope).toBe("approvals:read");
    expect((await api(there, access_token).list()).status).toBe(200);
    expect(await openid.tokenIntrospection(configuration, access_token)).toMatchObject({
      active: true,
      client_id: robot.id,
    });
    await openid.tokenRevocation(configuration, access_token);
    expect(await openid.tokenIntrospection(configuration, access_token)).toEqual({ active: false });
  });
});

describe("oauth4webapi", () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const discover = async (url = here): Promise<oauth.AuthorizationServer> => {
    const issuer = new URL(url);
    const response = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
    return oauth.processDiscoveryResponse(issuer, response);
  };
  const client: oauth.Client = { client_id: app.id };
  const secret = oauth.ClientSecretBasic(must(app.secret));

  async function allow(as: oauth.AuthorizationServer, more: Record<string, string>) {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const address = new URL(must(as.authorization_endpoint));
    address.search = new URLSearchParams({
      client_id: app.id,
      redirect_uri: REDIRECT_URI,
      response_type: "code",
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...more,
    }).toString();
    const back = oauth.validateAuthResponse(as, client, await letAdaAllow(address), state);
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      secret,
      back,
      REDIRECT_URI,
      verifier,
      insecure,
    );
    return oauth.processAuthorizationCodeResponse(as, client, response);
  }

  test("connects, refreshes, introspects and revokes", async () => {
    const as = await discover();
    const first = await allow(as, { scope: "approvals:read" });
    const refreshed = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, secret, must(first.refresh_token), insecure),
    );
    const introspect = async (token: string) =>
      oauth.processIntrospectionResponse(
        as,
        client,
        await oauth.introspectionRequest(as, client, secret, token, insecure),
      );
    expect(await introspect(refreshed.access_token)).toMatchObject({ active: true, sub: ada.id });
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, secret, refreshed.access_token, insecure),
    );
    expect(await introspect(refreshed.access_token)).toEqual({ active: false });
  });

  test("acts by itself with client credentials, and is told what it may do when it didn't ask", async () => {
    const as = await discover();
    const self = { client_id: robot.id };
    const response = await oauth.clientCredentialsGrantRequest(
      as,
      self,
      oauth.ClientSecretPost(must(robot.secret)),
      {},
      insecure,
    );
    const answer = await oauth.processClientCredentialsResponse(as, self, response);
    const named = robot.client.scopes.filter((scope) => scope !== "approvals:decide");
    expect(answer.scope).toBe(named.join(" "));
    expect(answer.refresh_token).toBeUndefined();
  });
});
