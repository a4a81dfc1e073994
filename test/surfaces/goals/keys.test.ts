import { createHash } from "node:crypto";
import { goalsOperations, type AnyOperation } from "@sayso/catalogue";
import { goalsScopes, listGoalsKeys, revokeGoalsKey, rotateKey } from "@sayso/core";
import { must } from "@sayso/must";
import { api, shareStage, until } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { addGoalsKey, goalsApi, type Kpi } from "./goals-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services, organization, alice, owner } = stage;

test("a key has the documented form, and is stored as its hash alone", async () => {
  const { key, id } = await addGoalsKey(organization);
  expect(key).toMatch(/^okrt_[0-9a-f]{64}$/);
  const [row] = await services.sql<{ text: string; key_hash: Buffer }>(
    "select k::text as text, key_hash from connection_keys k where id = $1",
    [id],
  );
  expect(must(row).key_hash).toEqual(createHash("sha256").update(key).digest());
  expect(must(row).text).not.toContain(key.slice(13, -4));
});

test("a key may do what its scopes say, here and nowhere else", async () => {
  const { key } = await addGoalsKey(organization, ["kpis:read", "kpis:write"]);
  const { get, post, patch } = goalsApi(server.url, key);
  const { body: kpi } = await goalsApi(server.url, owner.token).post<Kpi>("/kpis", {
    name: "Scoped",
    target: 1,
  });
  const answers = [
    await get("/kpis"),
    await post(`/kpis/${kpi.id}/updates`, { value: 1 }),
    await patch(`/kpis/${kpi.id}`, { target: 2 }),
    await get("/okrs"),
    await get("/review-cycles"),
    await get("/approvals"),
    await get("/events"),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 403, 403, 403, 403]);
});

test.each(goalsScopes)("a key with %s opens what needs it, and nothing else", async (only) => {
  const { key } = await addGoalsKey(organization, [only]);
  const { call } = api(server.url, key);
  for (const [name, { http, scope, adminOnly, input }] of Object.entries<AnyOperation>(
    goalsOperations,
  )) {
    const path = http.path.replaceAll(/\{\w+\}/g, "01234567-89ab-7def-8123-456789abcdef");
    const { status } = await call(http.method, path, input.body ? { body: {} } : {});
    expect([name, status === 403]).toEqual([name, scope !== only || adminOnly === true]);
  }
});

test("what a key does is done by its name", async () => {
  const { key } = await addGoalsKey(organization);
  const { get, post } = goalsApi(server.url, key);
  const { body: kpi } = await post<Kpi>("/kpis", { name: "By a key", target: 1 });
  await post(`/kpis/${kpi.id}/updates`, { value: 1 });
  const { body } = await get<{ by: unknown }[]>(`/kpis/${kpi.id}/updates`);
  expect(must(body[0]).by).toMatchObject({ kind: "connection", name: "Goals bot" });
});

test("a revoked key is refused within a second, and listed as revoked", async () => {
  const { key, id } = await addGoalsKey(organization);
  const { get } = goalsApi(server.url, key);
  expect((await get("/kpis")).status).toBe(200);
  await revokeGoalsKey(organization.context, id);
  await until(async () => (await get("/kpis")).status === 401, "the key is refused");
  const listed = (await listGoalsKeys(organization.context)).find((one) => one.id === id);
  expect(listed).toMatchObject({ name: "Goals bot", revokedAt: expect.any(Date) as Date });
  await expect(revokeGoalsKey(organization.context, id)).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a key that is rotated stays a goals key of the same scopes", async () => {
  const { connectionId } = await addGoalsKey(organization, ["kpis:read"]);
  const { key } = await rotateKey(organization.context, connectionId, 0);
  expect(key).toMatch(/^okrt_/);
  const { get } = goalsApi(server.url, key);
  expect([(await get("/kpis")).status, (await get("/okrs")).status]).toEqual([200, 403]);
});

test("only an admin makes keys, of the goals' scopes and at least one", async () => {
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "done",
      (error: { code: string }) => error.code,
    );
  const as = (context: typeof alice.context, scopes: string[]) =>
    codeOf(addGoalsKey({ ...organization, context }, scopes));
  expect(await as(alice.context, ["kpis:read"])).toBe("forbidden");
  expect(await as(owner.context, [])).toBe("validation_failed");
  expect(await as(owner.context, ["approvals:write"])).toBe("validation_failed");
  expect(await codeOf(listGoalsKeys(alice.context))).toBe("forbidden");
});

test("a key in the address is refused even where a good one stands in the header", async () => {
  const { key } = await addGoalsKey(organization);
  const { get } = goalsApi(server.url, key);
  expect((await get("/kpis", { search: key })).status).toBe(401);
});
