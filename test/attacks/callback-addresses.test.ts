// Nobody learns the address of another member's callback. A waiting n8n execution continues with any message that its
// address receives, so somebody who knows the address can answer yes in Sayso's place.
import { createClient } from "@sayso/core";
import { must } from "@sayso/must";
import { api, shareStage, startReceiver, type Api, type TestPerson } from "@sayso/testkit";
import { afterAll, expect, test, vi } from "vitest";
import { createAppToken } from "./app-token.ts";

const stage = await shareStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, server, services, machine, owner, alice, bob } = stage;

const { client } = await createClient(organization.context, {
  name: "Somebody's app",
  redirectUris: ["https://app.example.com/callback"],
});
const appOf = async (person: TestPerson): Promise<Api> =>
  api(server.url, await createAppToken(services, client, person));

const SECRET = "resume-4711";
let asked = 0;

/** Creates a request whose callback was answered with a secret. The log of the first attempt contains that answer. */
async function askWithCallback(asker: Api) {
  const callback_url = `${receiver.url}/${SECRET}/${asked++}`;
  receiver.answerWith({ status: 200, headers: { "x-secret": SECRET }, body: SECRET });
  const { body } = await asker.create({ callback_url });
  await owner.api.approve(body.id);
  const deliveryId = await vi.waitUntil(async () => {
    const found = await services.sql<{ id: string }>(
      "select id from deliveries where request_id = $1 and delivered_at is not null",
      [body.id],
    );
    return found[0]?.id;
  }, 10_000);
  return { id: body.id, callback_url, deliveryId };
}

/** Reads a request and its callback through every operation that shows them to this caller. */
async function readAll(by: Api, { id, deliveryId }: { id: string; deliveryId: string }) {
  const calls = [
    `/api/v1/approvals/${id}`,
    "/api/v1/approvals?page_size=100",
    `/api/v1/webhooks?request_id=${id}`,
    "/api/v1/webhooks?page_size=100",
    `/api/v1/deliveries/${deliveryId}`,
    "/api/v1/deliveries?limit=100",
    `/api/v1/deliveries?target=${SECRET}`,
    "/api/v1/inbox?tab=decided",
    `/api/v1/approvals/${id}/events`,
  ];
  const answers = await Promise.all(calls.map((path) => by.call<unknown>("GET", path)));
  return answers.map((answer, i) => ({
    path: must(calls[i]),
    status: answer.status,
    text: JSON.stringify(answer.body),
  }));
}

test("a member and their app learn the host of a callback, and no more", async () => {
  const alicesApp = await appOf(alice);
  const requests = [
    await askWithCallback(machine.api),
    await askWithCallback(owner.api),
    await askWithCallback(alicesApp),
  ];
  const bobsApp = await appOf(bob);
  for (const request of requests)
    for (const by of [bob.api, bobsApp]) {
      const answers = await readAll(by, request);
      expect(answers.filter(({ text }) => text.includes(SECRET)).map(({ path }) => path)).toEqual(
        [],
      );
      const [shown] = answers;
      expect(shown?.text).toContain(`"callback_url":"${receiver.url}/…"`);
      // A search for text in the hidden part finds nothing, so nobody can guess it letter by letter.
      const guessed = answers.find(({ path }) => path.includes("target="));
      expect(guessed?.status).toBe(200);
      expect(guessed?.text).toContain('"data":[]');
    }
});

test("who asked, and an admin, read the whole address and what was answered", async () => {
  const alicesApp = await appOf(alice);
  for (const [asker, readers] of [
    [machine.api, [machine.api, owner.api]],
    [alice.api, [alice.api, owner.api]],
    [alicesApp, [alicesApp, alice.api, owner.api]],
  ] as const) {
    const request = await askWithCallback(asker);
    for (const by of readers) {
      const whole = await by.call<{ callback_url: string }>(
        "GET",
        `/api/v1/approvals/${request.id}`,
      );
      expect(whole.body.callback_url).toBe(request.callback_url);
      const log = await by.call<{ data: { url: string; attempts: unknown[] }[] }>(
        "GET",
        `/api/v1/webhooks?request_id=${request.id}`,
      );
      expect(log.body.data).toMatchObject([
        { url: request.callback_url, attempts: [{ response_body: SECRET }] },
      ]);
      const one = await by.call("GET", `/api/v1/deliveries/${request.deliveryId}`);
      expect(one.body).toMatchObject({ is_whole: true, url: request.callback_url });
    }
  }
});

test("what a subscription is told goes to an address that only its owner and admins read", async () => {
  const { body: made } = await alice.api.call<{ id: string }>("POST", "/api/v1/subscriptions", {
    body: { target_url: `${receiver.url}/${SECRET}/subscribed`, event_types: ["approval.created"] },
  });
  await machine.api.create({});
  const find = async (by: Api) =>
    (
      await by.call<{ data: { id: string; url: string }[] }>("GET", "/api/v1/deliveries", {
        query: { subscription_id: made.id },
      })
    ).body.data;
  const [delivery] = await vi.waitUntil(async () => {
    const found = await find(alice.api);
    return found.length > 0 && found;
  }, 10_000);
  expect(must(delivery).url).toContain(SECRET);
  expect(must((await find(owner.api))[0]).url).toContain(SECRET);
  expect((await find(bob.api)).map(({ url }) => url)).toEqual([`${receiver.url}/…`]);
});
