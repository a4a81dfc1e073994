// Access tokens that a resource server verifies by itself (RFC 9068), for the runs surface.
import { must } from "@sayso/must";
import { api } from "@sayso/testkit";
import * as oauth from "oauth4webapi";
import { afterAll, describe, expect, test } from "vitest";
import { signedIn } from "../pages/visitor.ts";
import { answerConsent, connect, openReplicas, post, REDIRECT_URI, registerApp } from "./app.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { here, there, organization, ada, app } = replicas;
const robot = await registerApp(organization, { redirectUris: [], allowsClientCredentials: true });

const letAdaAllow = async (address: URL): Promise<URL> =>
  answerConsent(await signedIn(here, ada), address.href.slice(here.length));

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

describe("a JWT for the runs surface", () => {
  const resource = `${here}/organizations`;
  const asBearer = (token: string) =>
    new Request(resource, { headers: { authorization: `Bearer ${token}` } });

  test("a person's token is signed with ES256 by a published key, for this audience, with these claims", async () => {
    const as = await discover();
    const answer = await allow(as, { scope: "approvals:read flows:read", resource });
    expect(answer.scope).toBe("flows:read");
    const claims = await oauth.validateJwtAccessToken(as, asBearer(answer.access_token), resource, {
      signingAlgorithms: ["ES256"],
      ...insecure,
    });
    expect(claims).toMatchObject({
      iss: here,
      aud: resource,
      sub: ada.id,
      client_id: app.id,
      scope: "flows:read",
      grant_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(claims.exp - claims.iat).toBe(3600);
    const [row] = await replicas.services.sql<{ person: string }>(
      "select person_id as person from oauth_grants where id = $1",
      [claims.grant_id],
    );
    expect(row?.person).toBe(ada.id);

    const { access_token } = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(
        as,
        client,
        secret,
        must(answer.refresh_token),
        insecure,
      ),
    );
    const refreshed = await oauth.validateJwtAccessToken(
      as,
      asBearer(access_token),
      resource,
      insecure,
    );
    expect(refreshed).toMatchObject({ grant_id: claims.grant_id, scope: "flows:read" });
    expect(refreshed.jti).not.toBe(claims.jti);
  });

  test("it is for nothing else: another audience and the approvals API refuse it", async () => {
    const as = await discover();
    const { access_token } = await allow(as, { scope: "flows:read", resource });
    await expect(
      oauth.validateJwtAccessToken(as, asBearer(access_token), here, insecure),
    ).rejects.toThrow();
    expect((await api(here, access_token).list()).status).toBe(401);
  });

  test("a token of client credentials has the app as its subject, and only scopes of that surface", async () => {
    const { body } = await post(here, "token", robot, {
      grant_type: "client_credentials",
      resource,
    });
    expect(body.scope).toBe("flows:read flows:write");
    const as = await discover();
    const claims = await oauth.validateJwtAccessToken(
      as,
      asBearer(must(body.access_token)),
      resource,
      insecure,
    );
    expect(claims).toMatchObject({ sub: robot.id, client_id: robot.id });
  });

  test("naming the resource twice is naming it once", async () => {
    const { answer } = await connect(
      here,
      ada,
      app,
      { scope: "flows:read", resource },
      `&resource=${encodeURIComponent(resource)}`,
    );
    expect(answer.body.access_token).toMatch(/^ey/);
  });

  test.each([
    "https://elsewhere.example.com",
    `${here}/organizations/`,
    `${here}/api`,
    "organizations",
  ])("a resource that isn't ours (%s) is refused", async (other) => {
    const answer = await post(here, "token", robot, {
      grant_type: "client_credentials",
      resource: other,
    });
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_target" } });
  });
});

test("every server of a database signs with the same key, and publishes no private part", async () => {
  const [ours, theirs] = await Promise.all(
    [here, there].map(async (url) => (await fetch(`${url}/.well-known/jwks.json`)).json()),
  );
  expect(ours).toEqual(theirs);
  const { keys } = ours as { keys: Record<string, string>[] };
  expect(keys).toHaveLength(1);
  expect(keys[0]).toMatchObject({ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" });
  expect(keys[0]).not.toHaveProperty("d");
});
