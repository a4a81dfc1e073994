// A guarded goal: a change by anybody but an admin waits, and is applied when it is approved.
import { archiveKpi, listCheckIns, listKpiUpdates, recordCheckIn } from "@sayso/core";
import { must } from "@sayso/must";
import { shareStage, until } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { signedInApi } from "../../attacks/signed-in-api.ts";
import { goalsApi, type Cycle, type HeldChange, type Kpi, type Objective } from "./goals-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { owner, alice, machine, server } = stage;
const admin = goalsApi(server.url, owner.token);
const bot = goalsApi(server.url, machine.key);
const member = goalsApi(server.url, alice.token);

const kpi = async () =>
  (
    await admin.post<Kpi>("/kpis", {
      name: "Margin",
      target: 10,
      current: 5,
      needs_approval: true,
    })
  ).body;
const read = async ({ id }: { id: string }) => (await bot.get<Kpi>(`/kpis/${id}`)).body;
/** Another admin approves, because nobody approves a change that they or a connection of theirs asked for. */
const other = await stage.organization.addPerson({ role: "admin" });
const approve = (id: string) => other.api.approve(id);

describe("a KPI under change control", () => {
  test.each([
    ["a machine", bot],
    ["a member", member],
  ])("keeps its target until what %s asked for is approved", async (_, by) => {
    const guarded = await kpi();
    const held = await by.patch<HeldChange>(`/kpis/${guarded.id}`, { target: 12, unit: "%" });
    expect(held).toMatchObject({
      status: 202,
      body: { status: "pending", entity_type: "kpi", entity_id: guarded.id },
    });
    expect(await read(guarded)).toMatchObject({ target: 10, unit: null, version: 1 });
    // The change is a request like any other.
    const request = await owner.api.get(held.body.id);
    expect(request).toMatchObject({ status: 200, body: { status: "pending" } });
    if (by === bot) expect((await owner.api.approve(held.body.id)).status).toBe(403);
    expect((await approve(held.body.id)).status).toBe(200);
    await until(async () => (await read(guarded)).version === 2, "the change is applied");
    expect(await read(guarded)).toMatchObject({ target: 12, unit: "%", current: 5 });
  });

  test("stays as it is when the change is rejected", async () => {
    const guarded = await kpi();
    const { body } = await bot.patch<HeldChange>(`/kpis/${guarded.id}`, { target: 12 });
    expect((await other.api.reject(body.id)).status).toBe(200);
    expect(await read(guarded)).toMatchObject({ target: 10, version: 1 });
  });

  test("is measured all the same: a new value waits for nobody", async () => {
    const guarded = await kpi();
    expect((await bot.post(`/kpis/${guarded.id}/updates`, { value: 6 })).status).toBe(200);
    expect(await read(guarded)).toMatchObject({ current: 6, version: 1 });
  });

  test("is changed by an admin at once; a change made before that no longer applies", async () => {
    const guarded = await kpi();
    const { body } = await bot.patch<HeldChange>(`/kpis/${guarded.id}`, { target: 12 });
    expect(await admin.patch<Kpi>(`/kpis/${guarded.id}`, { target: 11 })).toMatchObject({
      status: 200,
      body: { target: 11, version: 2 },
    });
    expect((await approve(body.id)).status).toBe(409);
    expect(await read(guarded)).toMatchObject({ target: 11, version: 2 });
  });

  test("waits for an approval of an admin's change too, where that admin may not approve", async () => {
    const silent = await stage.organization.addPerson({ role: "admin", canApprove: false });
    const session = await signedInApi(server.url, silent);
    const entity = { body: { entityName: "Rule", body: { threshold: 1 } } };
    for (const { call } of [silent.api, session]) {
      const guarded = await kpi();
      const path = `/api/v1/kpis/${guarded.id}`;
      expect((await call("PATCH", path, { body: { target: 12 } })).status).toBe(202);
      expect((await call("PATCH", path, { body: { needs_approval: false } })).status).toBe(403);
      expect((await call("DELETE", path)).status).toBe(403);
      expect(await read(guarded)).toMatchObject({ target: 10, needs_approval: true, version: 1 });
      const put = await call("PUT", "/changes/api/v1/entities/qualificationRule/r1", entity);
      expect(put.status).toBe(403);
    }
  });

  test("refuses at once what could never be applied, and what changes nothing asks nobody", async () => {
    const guarded = await kpi();
    const path = `/kpis/${guarded.id}`;
    expect(
      (await bot.patch(path, { owner_id: "01234567-89ab-7def-8123-456789abcdef" })).status,
    ).toBe(400);
    expect((await bot.patch(path, { target: 10 })).status).toBe(200);
  });
});

test("objectives and key results wait as well, check-ins don't", async () => {
  const { body: objective } = await admin.post<Objective>("/okrs", {
    title: "Guarded",
    needs_approval: true,
    key_results: [{ title: "KR", target: 10, needs_approval: true }],
  });
  const keyResult = must(objective.key_results[0]).id;
  const title = await bot.patch<HeldChange>(`/okrs/${objective.id}`, { title: "Renamed" });
  const target = await bot.patch<HeldChange>(`/key-results/${keyResult}`, { target: 20 });
  expect([title, target]).toMatchObject([
    { status: 202, body: { entity_type: "objective" } },
    { status: 202, body: { entity_type: "keyResult" } },
  ]);
  expect((await bot.post(`/okrs/${keyResult}/checkins`, { value: 5 })).status).toBe(200);
  for (const { body } of [title, target]) expect((await approve(body.id)).status).toBe(200);
  const now = async () => (await bot.get<Objective>(`/okrs/${objective.id}`)).body;
  await until(async () => must((await now()).key_results[0]).target === 20, "both are applied");
  expect(await now()).toMatchObject({
    title: "Renamed",
    version: 2,
    progress: 0.25,
    key_results: [{ current: 5, version: 2 }],
  });
});

test("a key result waits with its objective: an easier target is another objective", async () => {
  const { body } = await admin.post<Objective>("/okrs", {
    title: "Guarded",
    needs_approval: true,
    key_results: [{ title: "Not marked itself", target: 10 }],
  });
  const path = `/key-results/${must(body.key_results[0]).id}`;
  for (const by of [bot, member])
    expect(await by.patch<HeldChange>(path, { target: 1 })).toMatchObject({
      status: 202,
      body: { entity_type: "keyResult" },
    });
  const now = async () => (await bot.get<Objective>(`/okrs/${body.id}`)).body.key_results[0];
  expect(await now()).toMatchObject({ target: 10, version: 1 });
  expect((await admin.patch(path, { target: 5 })).status).toBe(200);
});

test.each([
  ["objective", { needs_approval: true }],
  ["key result", { key_results: [{ title: "KR", target: 1, needs_approval: true }] }],
])("only an admin moves the days of a cycle with a guarded %s", async (what, guarded) => {
  const days = { starts_on: "2031-01-01", ends_on: "2031-03-31" };
  const { body: cycle } = await member.post<Cycle>("/cycles", { name: `Of a ${what}`, ...days });
  const path = `/cycles/${cycle.id}`;
  const later = { ends_on: "2031-06-30" };
  expect((await member.patch(path, later)).status).toBe(200);
  const objective = { title: "Guarded", cycle_id: cycle.id, ...guarded };
  const { body } = await admin.post<Objective>("/okrs", objective);
  for (const by of [bot, member])
    for (const moved of [{ ends_on: "2031-09-30" }, { starts_on: "2031-02-01" }])
      expect((await by.patch(path, moved)).status).toBe(403);
  expect((await member.patch(path, { name: `Renamed, of a ${what}`, ...later })).status).toBe(200);
  expect((await admin.patch(path, { ends_on: "2031-09-30" })).status).toBe(200);
  await admin.remove(`/okrs/${body.id}`);
  expect((await member.patch(path, later)).status).toBe(200);
});

describe("an objective that isn't guarded, with a key result that is,", () => {
  const days = { starts_on: "2032-01-01", ends_on: "2032-03-31" };
  let made = 0;
  const make = async () => {
    const { body: cycle } = await admin.post<Cycle>("/cycles", {
      name: `Moved ${++made}`,
      ...days,
    });
    const { body } = await admin.post<Objective>("/okrs", {
      title: "Open",
      cycle_id: cycle.id,
      key_results: [
        { title: "Guarded", target: 10, needs_approval: true },
        { title: "Free", target: 1 },
      ],
    });
    return { cycle, path: `/okrs/${body.id}`, keyResult: must(body.key_results[0]).id };
  };
  const now = async (path: string) => (await bot.get<Objective>(path)).body;

  test("stays in its cycle until somebody approves that it leaves", async () => {
    const { cycle, path } = await make();
    const { body: later } = await member.post<Cycle>("/cycles", {
      name: `Later ${made}`,
      starts_on: "2042-01-01",
      ends_on: "2042-12-31",
    });
    const held = [];
    for (const by of [bot, member])
      for (const changes of [{ cycle_id: null }, { cycle_id: later.id, title: "Renamed" }]) {
        const answer = await by.patch<HeldChange>(path, changes);
        expect(answer).toMatchObject({ status: 202, body: { entity_type: "objective" } });
        held.push(answer.body);
      }
    expect(await now(path)).toMatchObject({ cycle_id: cycle.id, title: "Open", version: 1 });
    expect((await approve(must(held.at(-1)).id)).status).toBe(200);
    await until(async () => (await now(path)).version === 2, "the change is applied");
    expect(await now(path)).toMatchObject({ cycle_id: later.id, title: "Renamed" });
  });

  test("is renamed at once, and moved at once by an admin, or when the key result is gone", async () => {
    const { cycle, path, keyResult } = await make();
    expect(await member.patch(path, { title: "Renamed", cycle_id: cycle.id })).toMatchObject({
      status: 200,
      body: { title: "Renamed" },
    });
    expect((await admin.patch(path, { cycle_id: null })).status).toBe(200);
    expect((await member.patch(path, { cycle_id: cycle.id })).status).toBe(202);
    await admin.remove(`/key-results/${keyResult}`);
    expect((await member.patch(path, { cycle_id: cycle.id })).status).toBe(200);
  });
});

test("nobody but an admin goes round it by archiving, or by adding a key result", async () => {
  const make = async (objective: boolean, keyResult: boolean) => {
    const { body } = await admin.post<Objective>("/okrs", {
      title: "Whole",
      needs_approval: objective,
      key_results: [{ title: "Part", target: 10, needs_approval: keyResult }],
    });
    return [`/okrs/${body.id}`, `/key-results/${must(body.key_results[0]).id}`] as const;
  };
  const [whole, itsPart] = await make(true, false);
  const [itsWhole, part] = await make(false, true);
  const easy = { title: "Easy", target: 1, current: 1, weight: 1000 };
  for (const by of [bot, member]) {
    for (const path of [whole, itsPart, itsWhole, part])
      expect([path, (await by.remove(path)).status]).toEqual([path, 403]);
    expect((await by.post(`${whole}/key-results`, easy)).status).toBe(403);
    expect((await by.post(`${itsWhole}/key-results`, easy)).status).toBe(201);
  }
  expect((await bot.get<Objective>(whole)).body.key_results).toHaveLength(1);
  expect((await bot.get<Objective>(itsWhole)).body.key_results).toHaveLength(3);
  expect((await admin.post(`${whole}/key-results`, easy)).status).toBe(201);
  for (const path of [itsPart, whole, itsWhole])
    expect((await admin.remove(path)).status).toBe(200);
});

test("an id is looked up as an id, not as a text that every row is compared with", async () => {
  const { context } = stage.organization;
  const { body } = await admin.post<Objective>("/okrs", {
    title: "By id",
    key_results: [{ title: "KR", target: 10 }],
  });
  // An index of ids finds an id in upper case, but a comparison of texts doesn't.
  const keyResult = must(body.key_results[0]).id.toUpperCase();
  await recordCheckIn(context, keyResult, { value: 1 });
  expect(await listCheckIns(context, keyResult)).toHaveLength(1);
  const measured = (await kpi()).id.toUpperCase();
  expect(await listKpiUpdates(context, measured)).toHaveLength(0);
  await archiveKpi(context, measured);
  for (const read of [listCheckIns, listKpiUpdates, archiveKpi])
    await expect(read(context, "no id")).rejects.toMatchObject({ code: "not_found" });
});
