import { must } from "@sayso/must";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openZapierStage, type ZapierStage } from "./connect.ts";
import { thrownBy, shownError, type Item } from "./zapier.ts";

let stage: ZapierStage;

beforeAll(async () => {
  stage = await openZapierStage();
});
afterAll(() => stage.close());

type Goal = Item & { id: string; key_results: { id: string }[] };

const create = async (key: string, inputData: Item) =>
  (await stage.zapier.run<Goal>(`creates.${key}.operation.perform`, { inputData })).results;
const search = async (key: string, inputData: Item) =>
  (await stage.zapier.run<Goal[]>(`searches.${key}.operation.perform`, { inputData })).results;
const list = async (key: string) =>
  (await stage.zapier.run<Item[]>(`triggers.${key}.operation.perform`)).results;
const get = async (path: string) =>
  (await stage.owner.api.call<{ data?: Item[] } & Goal>("GET", `/api/v1/${path}`)).body;

test("an objective is made with its key results, changed, found, and chosen from lists", async () => {
  const made = await create("createObjective", {
    title: "Delight ocelots",
    type: "org",
    key_results: [
      {
        key_results_title: "Purrs a day",
        key_results_start: "0",
        key_results_target: "50",
        key_results_unit: "",
      },
    ],
  });
  expect(made).toMatchObject({ title: "Delight ocelots", type: "org" });
  expect((await get(`okrs/${made.id}`)).key_results).toMatchObject([
    { title: "Purrs a day", target: 50 },
  ]);
  expect(await create("updateObjective", { id: made.id, title: "Delight all cats" })).toMatchObject(
    {
      id: made.id,
      title: "Delight all cats",
    },
  );
  expect(await search("findObjective", { search: "all cats" })).toMatchObject([{ id: made.id }]);
  expect(await search("findObjective", { search: "no such words" })).toEqual([]);
  expect(await list("listObjectives")).toContainEqual({ id: made.id, title: "Delight all cats" });
  expect(await list("listKeyResults")).toMatchObject([{ title: "Purrs a day" }]);
  expect(await list("listCycles")).toEqual([]);
});

test("a check-in is recorded once, however often the run is replayed", async () => {
  const [keyResult] = await list("listKeyResults");
  const inputData = {
    id: must(keyResult).id,
    value: "20",
    comment: "Loud ones",
    status: "on_track",
  };
  const recorded = await create("recordCheckIn", inputData);
  expect(recorded).toMatchObject({ value: 20, previous_value: 0, comment: "Loud ones" });
  expect((await create("recordCheckIn", inputData)).id).toBe(recorded.id);
  expect((await create("recordCheckIn", { ...inputData, value: "21" })).id).not.toBe(recorded.id);
});

test("a KPI's new value is reported once; the value before is kept beside it", async () => {
  const { body: kpi } = await stage.owner.api.call<Goal>("POST", "/api/v1/kpis", {
    body: { name: "Fed ocelots", target: 10, current: 3 },
  });
  expect(await search("findKpi", { search: "ocelots" })).toMatchObject([
    { id: kpi.id, name: "Fed ocelots", current: 3 },
  ]);
  expect(await list("listKpis")).toContainEqual({ id: kpi.id, name: "Fed ocelots" });
  const inputData = { id: kpi.id, value: "4" };
  const reported = await create("recordKpiUpdate", inputData);
  expect(reported).toMatchObject({ previous_value: 3, new_value: 4 });
  expect((await create("recordKpiUpdate", inputData)).id).toBe(reported.id);
  expect(await get(`kpis/${kpi.id}`)).toMatchObject({ current: 4 });
});

test("what somebody else did in the same words is not taken for one's own", async () => {
  const [kpi] = await list("listKpis");
  const alice = await stage.connect(stage.alice);
  const report = (authData: object) =>
    // The editor runs a step when there is no Zap yet.
    stage.zapier.run<Goal>("creates.recordKpiUpdate.operation.perform", {
      authData: { ...authData },
      inputData: { id: must(kpi).id, value: "4" },
      meta: {},
    });
  const own = await report(stage.account);
  expect((await report(stage.account)).results.id).toBe(own.results.id);
  expect((await report(alice)).results.id).not.toBe(own.results.id);
});

test("a number that is none is told by its field, and changes nothing", async () => {
  const [kpi] = await list("listKpis");
  const wrong = create("recordKpiUpdate", { id: must(kpi).id, value: "four" });
  expect(shownError(await thrownBy(wrong)).message).toBe("value: must be a number");
  expect(await get(`kpis/${must(kpi).id as string}`)).toMatchObject({ current: 4 });
});
