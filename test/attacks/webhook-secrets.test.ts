// Nobody else can forge a callback: no app or token reads the secret that signs another member's callbacks.
import {
  createClient,
  createGrant,
  createOAuthSecret,
  createTokenStore,
  rotateOrganizationSecret,
  rotateWebhookSecret,
} from "@sayso/core";
import { must } from "@sayso/must";
import { api, shareStage, startReceiver, type Api, type TestPerson } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { verifiesBy } from "../webhooks/deliveries.ts";

const stage = await shareStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, server, services, machine, owner, alice, bob } = stage;

const { client } = await createClient(organization.context, {
  name: "Everybody's app",
  redirectUris: ["https://app.example.com/callback"],
  allowsClientCredentials: true,
});

const appOf = async (person: TestPerson | null): Promise<Api> => {
  const [clientId, token] = [client.id, createOAuthSecret("accessToken")];
  const grantId =
    person &&
    (await person.inPerson((there) =>
      createGrant(there, { clientId, scopes: client.scopes, resource: null }),
    ));
  const kind = person ? "AccessToken" : "ClientCredentials";
  await createTokenStore(services).save(kind, token, {
    clientId,
    grantId,
    payload: { kind, scope: client.scopes.join(" ") },
    expiresInSeconds: 3600,
  });
  return api(server.url, token);
};
const secretsOf = async (by: Api) =>
  (await by.call<{ data: string[] }>("GET", "/api/v1/webhook-secrets")).body.data;

async function callbackOf(asker: Api, path: string) {
  const { body } = await asker.create({ callback_url: `${receiver.url}${path}` });
  await owner.api.approve(body.id);
  return receiver.waitFor((received) => received.json.request_id === body.id);
}
const isSignedBy = (secrets: string[], received: Awaited<ReturnType<typeof callbackOf>>) =>
  secrets.some((secret) => verifiesBy(secret, received));

test("a member's app reads only what signs the callbacks of what it asks in that member's name", async () => {
  const [alices, bobs, byItself] = [await appOf(alice), await appOf(bob), await appOf(null)];
  const own = await Promise.all([alices, bobs, byItself].map(secretsOf));
  expect(new Set(own.flat()).size).toBe(3);
  const callbacks = [
    await callbackOf(alices, "/alice"),
    await callbackOf(bobs, "/bob"),
    await callbackOf(byItself, "/itself"),
  ];
  for (const [i, callback] of callbacks.entries())
    for (const [j, secrets] of own.entries())
      expect([i, j, isSignedBy(secrets, callback)]).toEqual([i, j, i === j]);
});

test("the same person's app goes on verifying after it was connected again, and through a rotation", async () => {
  const first = await appOf(alice);
  const [before] = await secretsOf(first);
  const again = await appOf(alice);
  expect(await secretsOf(again)).toEqual([before]);
  await rotateWebhookSecret(organization.context, client.connectionId);
  const [now, previous] = await secretsOf(again);
  expect(previous).toBe(before);
  const callback = await callbackOf(first, "/rotated");
  expect([isSignedBy([must(now)], callback), isSignedBy([must(before)], callback)]).toEqual([
    true,
    true,
  ]);
});

test("callback headers go out beside the person's own signature", async () => {
  const alices = await appOf(alice);
  const { body } = await alices.create({
    callback_url: `${receiver.url}/headers`,
    callback_headers: { "X-Mine": "kept" },
  });
  await owner.api.approve(body.id);
  const received = await receiver.waitFor((r) => r.json.request_id === body.id);
  expect(received.headers["x-mine"]).toBe("kept");
  expect(isSignedBy(await secretsOf(alices), received)).toBe(true);
});

test("a key reads its own connection's secret", async () => {
  expect(await secretsOf(machine.api)).toEqual([machine.webhookSecret]);
});

test("what one member asks with a token of theirs doesn't verify as another's, nor as the organization's", async () => {
  const own = await Promise.all([alice.api, bob.api].map(secretsOf));
  const callbacks = [await callbackOf(alice.api, "/alices"), await callbackOf(bob.api, "/bobs")];
  for (const [i, callback] of callbacks.entries())
    for (const [j, secrets] of own.entries())
      expect([i, j, isSignedBy(secrets, callback)]).toEqual([i, j, i === j]);
  const [row] = await services.sql<{ secret: Buffer }>(
    "select webhook_secret as secret from organizations where id = $1",
    [organization.id],
  );
  const root = services.secrets.open(must(row).secret);
  expect(callbacks.map((callback) => isSignedBy([root], callback))).toEqual([false, false]);
});

test("people's secrets are rotated together, and nobody is shown another's", async () => {
  const [before] = await secretsOf(alice.api);
  const until = await rotateOrganizationSecret(organization.context);
  expect(until.getTime()).toBeGreaterThan(Date.now());
  const [now, previous] = await secretsOf(alice.api);
  expect(previous).toBe(before);
  const callback = await callbackOf(alice.api, "/turned");
  expect([isSignedBy([must(now)], callback), isSignedBy([must(before)], callback)]).toEqual([
    true,
    true,
  ]);
  expect((await alice.api.call("POST", "/api/v1/org/rotate-webhook-secret")).status).toBe(403);
  const { body } = await owner.api.call<object>("POST", "/api/v1/org/rotate-webhook-secret");
  expect(Object.keys(body)).toEqual(["old_secret_expires_at"]);
});
