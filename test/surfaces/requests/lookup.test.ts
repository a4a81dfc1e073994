// GET /requests?external_id=
import { must } from "@sayso/must";
import { createOrganization, shareStage } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { coreId, type RequestPage, type WireRequest } from "./requests-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, services, server, machine } = stage;
const theirs = await (await createOrganization(services, server)).addConnection();

const ask = async (by: typeof machine, external_id?: string) => {
  const body = { payload: { of: external_id }, external_id };
  return (await by.api.call<WireRequest>("POST", "/api/v1/requests", { body })).body;
};
const look = async (query: Record<string, string | number>) => {
  const answer = await machine.api.call<RequestPage>("GET", "/api/v1/requests", { query });
  expect(answer.status).toBe(200);
  return answer.body;
};

test("finds every request that carries the reference, newest first, and no other organization's", async () => {
  const [first, , second] = [
    await ask(machine, "order-1"),
    await ask(machine, "order-12"),
    await ask(await organization.addConnection(), "order-1"),
  ];
  await ask(theirs, "order-1");
  const { data, next_cursor } = await look({ external_id: "order-1" });
  expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(next_cursor).toBeNull();
  expect(data[1]).toEqual(first);
  expect((await look({ external_id: "order-" })).data).toEqual([]);
});

test("goes through any number of them, each once, also while more are made", async () => {
  const made = [];
  for (let i = 0; i < 7; i++) made.unshift((await ask(machine, "many")).id);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: RequestPage = await look({
      external_id: "many",
      limit: 3,
      ...(cursor && { cursor }),
    });
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
    await ask(machine, "many");
  } while (cursor !== null);
  expect(seen).toEqual(made);
});

test("without a reference lists whatever was asked through any API", async () => {
  const { body } = await machine.api.create({ title: "Asked elsewhere" });
  const { data } = await look({ limit: 1 });
  expect(data[0]).toMatchObject({ title: "Asked elsewhere", external_id: null, payload: {} });
  expect(coreId(must(data[0]).id)).toBe(body.id);
});
