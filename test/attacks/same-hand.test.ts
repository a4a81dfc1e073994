// Nobody gets "approved" for text that nobody approved: a credential can't change a request that another credential
// made.
import { allScopes } from "@sayso/catalogue";
import { createClient, rotateWebhookSecret, transferConnections } from "@sayso/core";
import { must } from "@sayso/must";
import { api, shareStage, type Api, type Approval, type TestPerson } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAppToken } from "./app-token.ts";
import { keyOfEarlierOwner } from "./earlier-owner.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, server, services, owner } = stage;

type Hand = Pick<Api, "call">;
/** Credentials that act in the name of one person, an admin, and credentials of an owner. */
const hands: Record<string, Hand> = {};
let [ada, voter]: TestPerson[] = [];

beforeAll(async () => {
  ada = await organization.addPerson({ role: "admin" });
  voter = await organization.addPerson();
  const ofToken = async (person: TestPerson) =>
    api(server.url, (await person.createToken(allScopes)).token);
  const ofApp = async (person: TestPerson, name: string) => {
    const redirectUris = ["https://app.example.com/callback"];
    const { client } = await createClient(organization.context, { name, redirectUris });
    return api(server.url, await createAppToken(services, client, person));
  };
  const robot = await organization.addConnection({ by: ada });
  Object.assign(hands, {
    "a session": await signedInApi(server.url, ada),
    "a personal token": await ofToken(ada),
    "another personal token": await ofToken(ada),
    "an app": await ofApp(ada, "One"),
    "another app": await ofApp(ada, "Two"),
    "a connection": robot.api,
    "another connection": (await organization.addConnection({ by: ada })).api,
    "an owner's session": await signedInApi(server.url, owner),
    "an owner's token": await ofToken(owner),
  });
});

const at = (id: string, rest = "") => `/api/v1/approvals/${id}${rest}`;
const asking = { title: "Drop the database", description: "All of it", priority: "low" };
const askBy = async (hand: Hand): Promise<string> => {
  const { status, body } = await hand.call<Approval>("POST", "/api/v1/approvals", { body: asking });
  expect(status).toBe(201);
  return body.id;
};
const refusal = { status: 403, error: { details: { reason: "asked_through_another" } } };

describe.each(["a session", "a personal token", "an app", "a connection"])(
  "what was asked through %s",
  (name) => {
    test("is revised, and given other steps, through nothing else", async () => {
      const id = await askBy(must(hands[name]));
      const steps = [{ approver_id: must(voter).id }];
      for (const [other, hand] of Object.entries(hands)) {
        if (other === name) continue;
        const answers = [
          await hand.call("PUT", at(id), { body: { title: "Post the lunch menu" } }),
          await hand.call("POST", at(id, "/steps"), { body: { steps } }),
        ];
        for (const { status, error } of answers)
          expect([other, status, error?.details]).toEqual([other, 403, refusal.error.details]);
      }
      expect((await must(voter).api.get(id)).body).toMatchObject({
        ...asking,
        required_approvals: 1,
      });
      const own = must(hands[name]);
      expect((await own.call("PUT", at(id), { body: { title: "Drop a table" } })).status).toBe(200);
      expect((await own.call("POST", at(id, "/steps"), { body: { steps } })).status).toBe(201);
    });

    test("is withdrawn by an admin all the same", async () => {
      const id = await askBy(must(hands[name]));
      const withdrawn = await must(hands["an owner's session"]).call("DELETE", at(id));
      expect(withdrawn).toMatchObject({ status: 200, body: { status: "cancelled" } });
    });
  },
);

test("the refusal says what to do", async () => {
  const id = await askBy(must(hands["a connection"]));
  const answer = await must(hands["an owner's token"]).call("PUT", at(id), {
    body: { title: "No" },
  });
  expect(answer).toMatchObject(refusal);
  expect(must(answer.error).message).toContain("Withdraw the request, and ask again");
});

test("nor by the same connection with a key that somebody else made while it was theirs", async () => {
  const robot = await organization.addConnection({ by: ada });
  const { body: asked } = await robot.api.create(asking);
  const { key } = await keyOfEarlierOwner(services, owner, robot.id);
  const other = api(server.url, key);
  expect(await other.revise(asked.id, { title: "Post the lunch menu" })).toMatchObject(refusal);
  const steps = [{ approver_id: must(voter).id }];
  expect(await other.call("POST", at(asked.id, "/steps"), { body: { steps } })).toMatchObject(
    refusal,
  );
  expect((await must(voter).api.get(asked.id)).body).toMatchObject(asking);
});

test("a connection goes on with its own keys after it was handed over, and its next owner doesn't", async () => {
  const from = await organization.addPerson({ role: "admin" });
  const robot = await organization.addConnection({ by: from });
  const { body: asked } = await robot.api.create(asking);
  await owner.inPerson((own) =>
    transferConnections(own, { fromPersonId: from.id, toPersonId: must(ada).id }),
  );
  const rotated = await must(ada).api.call<{ api_key: string }>(
    "POST",
    `/api/v1/connections/${robot.id}/keys`,
  );
  expect(rotated.status).toBe(201);
  const adas = api(server.url, rotated.body.api_key);
  expect(await adas.revise(asked.id, { title: "Post the lunch menu" })).toMatchObject(refusal);
  expect((await robot.api.revise(asked.id, { title: "Drop a table" })).status).toBe(200);
});

describe("an admin who is not its owner", () => {
  const isRefused = { status: 403, error: { details: { reason: "not_the_owner" } } };
  const deeds = ["keys", "rotate", "rotate-webhook-secret"];
  test.each(deeds)("gets none of a connection's secrets: %s", async (deed) => {
    const robot = await organization.addConnection({ by: ada });
    const path = `/api/v1/connections/${robot.id}/${deed}`;
    for (const name of ["an owner's session", "an owner's token"])
      expect(await must(hands[name]).call("POST", path, { body: {} })).toMatchObject(isRefused);
    // The owner of the connection gets them, also with a personal token.
    expect((await must(ada).api.call("POST", path)).status).toBeLessThan(300);
  });

  test("still ends what leaked", async () => {
    const robot = await organization.addConnection({ by: ada });
    const path = `/api/v1/connections/${robot.id}/keys/${robot.keyId}`;
    expect((await must(hands["an owner's session"]).call("DELETE", path)).status).toBe(200);
  });

  test("the operator of the server does, who has the database anyway", async () => {
    const robot = await organization.addConnection({ by: ada });
    const context = {
      ...organization.context,
      actor: { kind: "person", personId: owner.id, role: "owner", via: "command_line" },
    } as const;
    expect(await rotateWebhookSecret(context, robot.id)).toHaveProperty("webhookSecret");
  });
});
