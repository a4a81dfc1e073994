// Sayso refuses a number that it would read as another number, because people decide on the number that was sent.
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { alice, machine, organization, owner } = stage;

const json = { "Content-Type": "application/json" };
const runs = `/organizations/${organization.id}/approvals/${organization.id}/runs`;

/** Every operation that takes free JSON: the method, the path, and the body around the JSON. */
const doors: [string, string, string, (free: string) => string, "machine" | "owner"][] = [
  [
    "a request's metadata",
    "POST",
    "/api/v1/approvals",
    (free) => `{"title":"t","description":"d","priority":"low","metadata":{"a/b":[${free}]}}`,
    "machine",
  ],
  ["a payload", "POST", "/api/v1/requests", (free) => `{"payload":{"a/b":[${free}]}}`, "machine"],
  ["an object", "POST", runs, (free) => `{"object":{"a/b":[${free}]}}`, "machine"],
  ["a previous object", "POST", runs, (free) => `{"previousObject":{"a/b":[${free}]}}`, "machine"],
  [
    "a change's payload",
    "POST",
    "/changes/api/v1/approvals",
    (free) =>
      `{"entityType":"offer","entityId":"n","entityName":"N","action":"create","payload":{"a/b":[${free}]}}`,
    "machine",
  ],
  [
    "an entity's body",
    "PUT",
    "/changes/api/v1/entities/offer/n",
    (free) => `{"entityName":"N","body":{"a/b":[${free}]}}`,
    "owner",
  ],
];

describe.each(doors)("%s", (_, method, path, around, who) => {
  const send = (free: string) =>
    stage[who].api.call<{ message?: string }>(method, path, {
      rawBody: around(free),
      headers: json,
    });

  test.each(["9007199254740993", "1e400", "-1e400", "1e-400", "1.0000000000000001"])(
    "with %s is a 400 that names the place",
    async (number) => {
      const answer = await send(number);
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toMatch(
        new RegExp(String.raw`the number ${number} at /\w+/a~1b/0 can't be kept exactly`),
      );
    },
  );

  test("with the same number in other words is taken", async () => {
    const answer = await send('-0, 1.0, 1e3, 9007199254740992, 0.1, "9007199254740993"');
    expect([200, 201]).toContain(answer.status);
  });
});

test("a revision can't bring one in", async () => {
  const { body } = await machine.api.create({ metadata: { order: 1 } });
  const answer = await machine.api.call("PUT", `/api/v1/approvals/${body.id}`, {
    rawBody: '{"metadata":{"order":9007199254740993}}',
    headers: json,
  });
  expect(answer).toMatchObject({
    status: 400,
    error: { details: { fields: [{ field: "metadata.order" }] } },
  });
  expect((await machine.api.get(body.id)).body.metadata).toEqual({ order: 1 });
});

test("a goal's value and an imported table can't, either", async () => {
  const post = (path: string, rawBody: string) =>
    owner.api.call<{ message: string }>("POST", path, { rawBody, headers: json });
  const kpi = await post("/api/v1/kpis", '{"name":"K","target":1.0000000000000001}');
  const table = JSON.stringify({ table: "kpis", csv: "name,target\nK,1.0000000000000001\n" });
  const imported = await post("/api/v1/goals/import", table);
  expect([kpi.status, imported.status]).toEqual([400, 400]);
  expect(kpi.body.message).toMatch(/^target: the number 1\.0000000000000001 at \/target can't/);
  expect(imported.body.message).toMatch(/line 2, column 2: target can't be kept exactly/);
});

test("the surfaces tell it in their own forms", async () => {
  const send = (path: string, rawBody: string) =>
    machine.api.call<unknown>("POST", path, { rawBody, headers: json });
  const reported = expect.stringContaining("at /payload/id can't be kept exactly") as string;
  expect(await send("/api/v1/requests", '{"payload":{"id":1e400}}')).toMatchObject({
    body: { errors: { "payload.id": [reported] } },
  });
});

test("of a name that is there twice everybody reads the last value", async () => {
  const { body } = await machine.api.call<{ id: string }>("POST", "/api/v1/approvals", {
    rawBody:
      '{"title":"Pay","description":"d","priority":"low","metadata":{"amount":10,"amount":99}}',
    headers: json,
  });
  for (const api of [machine.api, alice.api])
    expect((await api.get(body.id)).body.metadata).toEqual({ amount: 99 });
  const request = await machine.api.call("GET", `/api/v1/requests/${body.id}`);
  expect(request).toMatchObject({ body: { payload: { amount: 99 } } });
});
