import { removeMember } from "@sayso/core";
import { shareStage, type Answer, type TestPerson } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, services, owner, alice, bob, machine } = stage;

interface View {
  id: string;
  name: string;
  query: Record<string, unknown>;
}
const create = (by: TestPerson, name: unknown, query: unknown = { list: "all" }) =>
  by.api.call<View>("POST", "/api/v1/views", { body: { name, query } });
const update = (by: TestPerson, id: string, body: unknown) =>
  by.api.call<View>("PATCH", `/api/v1/views/${id}`, { body });
const remove = (by: TestPerson, id: string) => by.api.call("DELETE", `/api/v1/views/${id}`);
const list = async (by: TestPerson) =>
  (await by.api.call<{ data: View[] }>("GET", "/api/v1/views")).body.data;
const fieldOf = ({ error }: Answer) => error?.details?.fields?.[0]?.field;

test("a view is kept with all its filters, renamed, changed as a whole and deleted", async () => {
  const query = {
    list: "all",
    status: ["pending", "approved"],
    priority: ["critical"],
    search: "deploy",
    action_type: "deploy.production",
    source: "n8n",
    within_days: 7,
    created_after: "2026-01-01T00:00:00Z",
    created_before: "2026-02-01T00:00:00Z",
  };
  const { status, body: view } = await create(alice, "  Production   deploys ", query);
  expect([status, view.name, view.query]).toEqual([201, "Production deploys", query]);
  expect(await list(alice)).toEqual([view]);

  expect((await update(alice, view.id, { name: "Deploys" })).body).toMatchObject({
    name: "Deploys",
    query,
  });
  expect((await update(alice, view.id, { query: { list: "mine" } })).body).toMatchObject({
    name: "Deploys",
    query: { list: "mine" },
  });
  expect(await remove(alice, view.id)).toMatchObject({
    status: 200,
    body: { id: view.id, deleted: true },
  });
  expect(await list(alice)).toEqual([]);
});

test("nobody else sees, changes or deletes it, not even an owner", async () => {
  const { body: view } = await create(alice, "Mine alone");
  for (const other of [bob, owner]) {
    expect(await list(other)).toEqual([]);
    expect((await update(other, view.id, { name: "Theirs" })).status).toBe(404);
    expect((await remove(other, view.id)).status).toBe(404);
  }
  expect(await list(alice)).toMatchObject([{ name: "Mine alone" }]);
  await remove(alice, view.id);
});

test("a name is taken once by each person, whatever its case", async () => {
  const [first, other] = [await create(alice, "Urgent"), await create(bob, "Urgent")];
  expect([first.status, other.status]).toEqual([201, 201]);
  expect(await create(alice, "urgent")).toMatchObject({
    status: 409,
    error: { details: { field: "name" } },
  });
  const { body: second } = await create(alice, "Later");
  expect((await update(alice, second.id, { name: "URGENT" })).status).toBe(409);
  expect((await list(alice)).map(({ name }) => name)).toEqual(["Later", "Urgent"]);
  for (const view of await list(alice)) await remove(alice, view.id);
});

test("bad input names its field and keeps nothing", async () => {
  const cases: [unknown, unknown, string][] = [
    ["", { list: "all" }, "name"],
    ["x".repeat(61), { list: "all" }, "name"],
    ["a\u202eb", { list: "all" }, "name"],
    ["Good", { list: "everything" }, "query.list"],
    ["Good", { list: "all", status: ["open"] }, "query.status.0"],
    ["Good", { list: "all", within_days: 0 }, "query.within_days"],
    ["Good", { list: "all", created_after: "last week" }, "query.created_after"],
    ["Good", {}, "query.list"],
  ];
  for (const [name, query, field] of cases) {
    const answer = await create(alice, name, query);
    expect([name, answer.status, fieldOf(answer)]).toEqual([name, 400, field]);
  }
  const { body: view } = await create(alice, "Stays");
  expect((await update(alice, view.id, {})).status).toBe(400);
  expect(await list(alice)).toEqual([view]);
  await remove(alice, view.id);
});

test("fifty are enough for anybody, also when they come at once", async () => {
  const carol = await organization.addPerson({ name: "Carol" });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) => create(carol, `View ${i}`)),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(10);
  expect(await list(carol)).toHaveLength(50);
});

test("a machine keeps none, and whoever leaves takes theirs along", async () => {
  expect((await machine.api.call("GET", "/api/v1/views")).status).toBe(403);
  const dave = await organization.addPerson({ name: "Dave" });
  await create(dave, "Dave's");
  const kept = () =>
    services
      .sql("select from saved_views where person_id = $1", [dave.id])
      .then((rows) => rows.length);
  expect(await kept()).toBe(1);
  await removeMember(organization.context, dave.id);
  expect(await kept()).toBe(0);
});
