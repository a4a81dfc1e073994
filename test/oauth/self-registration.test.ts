// Case 36 of docs/faults.md: apps that register themselves (RFC 7591).
import { createServer, type AddressInfo } from "node:net";
import { must } from "@sayso/must";
import { api, createOrganization, startServer } from "@sayso/testkit";
import * as oauth from "oauth4webapi";
import { afterAll, describe, expect, test } from "vitest";
import {
  authorizePath,
  connect,
  createPkce,
  exchangeAt,
  openReplicas,
  REDIRECT_URI,
  type App,
} from "./app.ts";
import { signedIn } from "../pages/visitor.ts";

const replicas = await openReplicas();
const { organization, ada, services, here: closed } = replicas;
/** Servers on the same database. Each accepts 20 registrations an hour. */
const open = await startServer({
  database: replicas.server.database,
  env: { SAYSO_OAUTH_REGISTRATION: "open", SAYSO_ROLE: "api" },
  replicas: 3,
});
afterAll(async () => {
  await open.stop();
  await replicas.close();
});
const [here, there, third] = open.replicas.map((replica) => replica.url) as [
  string,
  string,
  string,
];

describe("an app registers itself", () => {
  const register = (url: string, body: unknown) =>
    fetch(`${url}/api/v1/oauth/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const metadataOf = async (url: string) =>
    (await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as Record<
      string,
      unknown
    >;

  test("is off unless the operator switches it on, and then not even mentioned", async () => {
    expect((await register(closed, { redirect_uris: [REDIRECT_URI] })).status).toBe(404);
    expect((await fetch(`${closed}/api/v1/oauth/register/${ada.id}`)).status).toBe(404);
    expect(await metadataOf(closed)).not.toHaveProperty("registration_endpoint");
    expect(await metadataOf(here)).toMatchObject({
      registration_endpoint: `${here}/api/v1/oauth/register`,
    });
  });

  test("with oauth4webapi; a person is warned that nobody looked at it, and it acts within its own limits", async () => {
    const as = await oauth.processDiscoveryResponse(
      new URL(here),
      await oauth.discoveryRequest(new URL(here), {
        algorithm: "oauth2",
        [oauth.allowInsecureRequests]: true,
      }),
    );
    const registered = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(
        as,
        {
          client_name: "A stranger's app",
          redirect_uris: [REDIRECT_URI],
          grant_types: ["authorization_code", "refresh_token"],
          scope: "approvals:read approvals:write",
        },
        { [oauth.allowInsecureRequests]: true },
      ),
    );
    expect(registered.client_secret).toMatch(/^cs_[0-9a-f]{64}$/);
    const stranger = {
      id: registered.client_id,
      secret: registered.client_secret as string,
    } as App;

    const visitor = await signedIn(closed, ada);
    const { location } = await visitor.get(authorizePath(stranger, createPkce()));
    const page = await visitor.get(must(location));
    expect(page.html).toContain("nobody in your organization has reviewed it");

    const { access } = await connect(closed, ada, stranger);
    const asked = await api(here, access).create({ title: "By a stranger's app" });
    expect(asked.body).toMatchObject({ created_by: ada.id });
    // Each organization has a connection of its own for the app, with its own limits.
    expect((await connect(closed, ada, stranger)).answer.status).toBe(200);
    const [row] = await services.sql<{ n: number; owner: string }>(
      `select count(distinct g.connection_id)::int as n, min(c.owner_id::text) as owner
       from oauth_grants g join connections c on c.id = g.connection_id where g.client_id = $1`,
      [stranger.id],
    );
    expect(row).toEqual({ n: 1, owner: ada.id });
  });

  test("and is connected by people of two organizations, each for their own", async () => {
    const { client_id: id, client_secret: secret } = (await (
      await register(here, { redirect_uris: [REDIRECT_URI] })
    ).json()) as Record<string, string>;
    const stranger = { id, secret } as unknown as App;
    const theirs = await createOrganization(services, { url: closed });
    const them = await theirs.addPerson();
    const [ours, others] = [
      await connect(closed, ada, stranger),
      await connect(closed, them, stranger),
    ];
    const { body } = await api(closed, ours.access).create();
    expect(body.org_id).toBe(organization.id);
    expect((await api(closed, others.access).get(body.id)).status).toBe(404);
    expect((await api(closed, others.access).create()).body.org_id).toBe(theirs.id);
  });

  test("without a secret when it runs on a device, and then only with PKCE", async () => {
    const response = await register(here, {
      client_name: "Phone",
      application_type: "native",
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://127.0.0.1/callback"],
    });
    expect(response.status).toBe(201);
    const body = (await response.json()) as Record<string, string>;
    expect(body.client_secret).toBeUndefined();
    const phone = { id: body.client_id, secret: null } as unknown as App;
    const token = await exchangeAt(closed, ada, phone, "http://127.0.0.1:50000/callback");
    expect((await api(closed, token).list()).status).toBe(200);
  });

  const good = { redirect_uris: [REDIRECT_URI] };
  test.each<[string, unknown]>([
    ["a script", { redirect_uris: ["javascript:alert(1)"] }],
    ["a page of data", { redirect_uris: ["data:text/html,x"] }],
    [
      "a script, as an app on a device",
      {
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: ["javascript:alert(1)//."],
      },
    ],
    ["a user name", { redirect_uris: ["https://a@app.example.com/callback"] }],
    ["a fragment", { redirect_uris: [`${REDIRECT_URI}#a`] }],
    ["a wildcard", { redirect_uris: ["https://*.example.com/callback"] }],
    [
      "plain http to somewhere, as an app on a device",
      {
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: ["http://app.example.com/callback"],
      },
    ],
    ["a scheme of its own on the web", { redirect_uris: ["com.example.app:/callback"] }],
    ["no address", { redirect_uris: [] }],
    ["no address at all", {}],
    [
      "too many addresses",
      { redirect_uris: Array.from({ length: 11 }, (_, i) => `${REDIRECT_URI}/${i}`) },
    ],
    ["an unknown scope", { ...good, scope: "approvals:read everything" }],
    ["OpenID Connect's scope", { ...good, scope: "openid" }],
  ])("not with %s", async (_, body) => {
    const response = await register(there, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: expect.stringMatching(/^invalid_(client_metadata|redirect_uri)$/) as string,
      error_description: expect.any(String) as string,
    });
  });

  test.each<[string, unknown]>([
    [
      "a way to act without a person",
      { ...good, grant_types: ["client_credentials"], response_types: [], redirect_uris: [] },
    ],
    [
      "a way to act without a person beside",
      { ...good, grant_types: ["authorization_code", "client_credentials"] },
    ],
    ["the implicit flow", { ...good, grant_types: ["implicit"], response_types: ["token"] }],
    [
      "another proof of who it is",
      { ...good, token_endpoint_auth_method: "private_key_jwt", jwks_uri: "http://127.0.0.1/" },
    ],
    ["a name too long", { ...good, client_name: "x".repeat(201) }],
    ["a NUL in its name", { ...good, client_name: "a\0b" }],
    ["broken JSON", "{"],
    ["a list", []],
    ["null", "null"],
    ["bottomless JSON", "[".repeat(60_000)],
  ])("not with %s", async (_, body) => {
    const response = await register(third, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty("error");
  });

  test("fetches nothing that a stranger names", async () => {
    let calls = 0;
    const canary = createServer((socket) => {
      calls++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    try {
      const address = `127.0.0.1:${(canary.address() as AddressInfo).port}`;
      const answers = [
        await register(third, { ...good, sector_identifier_uri: `https://${address}/sector` }),
        await register(third, { ...good, jwks_uri: `http://${address}/jwks` }),
        await register(third, { ...good, logo_uri: `http://${address}/logo` }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      const { client_id: id, client_secret: secret } = (await must(answers[0]).json()) as Record<
        string,
        string
      >;
      await connect(closed, ada, { id, secret } as unknown as App);
      expect(calls).toBe(0);
    } finally {
      canary.close();
    }
  });

  test("can be neither read, changed nor deleted by whoever knows its id", async () => {
    const made = (await (await register(here, good)).json()) as Record<string, string>;
    expect(Object.keys(made)).not.toContain("registration_access_token");
    for (const method of ["GET", "PUT", "DELETE"]) {
      const response = await fetch(`${here}/api/v1/oauth/register/${made.client_id}`, { method });
      expect([method, response.status]).toEqual([method, 404]);
    }
  });

  test("twenty times an hour from one address, no more", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 21; i++) statuses.push((await register(here, good)).status);
    expect(statuses).toContain(429);
    const response = await register(here, good);
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await response.json()).toMatchObject({ error: "temporarily_unavailable" });
  });
});
