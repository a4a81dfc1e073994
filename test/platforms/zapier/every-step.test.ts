// Runs every step that the app declares. A new step fails here until a run for it is added.
import { createTemplate } from "@sayso/core";
import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import app from "zapier-sayso";
import { changesApi } from "../../surfaces/changes/changes-api.ts";
import { openZapierStage, type ZapierStage } from "./connect.ts";
import { thrownBy, shownError, type Item } from "./zapier.ts";

let stage: ZapierStage;
let counter = 0;

type Goal = { id: string; key_results: { id: string }[] };
const goal = async (path: string, body: Item) =>
  (await stage.owner.api.call<Goal>("POST", `/api/v1/${path}`, { body })).body;

const objective = () =>
  goal("okrs", {
    title: `Delight ocelots ${++counter}`,
    type: "org",
    key_results: [{ title: "Purrs a day", start: 0, target: 50 }],
  });
const kpi = () => goal("kpis", { name: `Fed ocelots ${++counter}`, target: 10, current: 3 });
const request = async () =>
  (await stage.machine.api.create({ action_type: "feed.ocelots", priority: "low" })).body;
/** Proposes a change that Bob may resolve. */
const change = async () => {
  const stages = [{ stageName: "Look", requiredRole: "editor" }];
  const { body } = await changesApi(stage.machine.api).propose({
    entityId: `e${++counter}`,
    stages,
  });
  return body;
};

beforeAll(async () => {
  stage = await openZapierStage();
  await stage.organization.addTeam("Keepers", [stage.alice]);
  await createTemplate(stage.organization.context, { name: "Food", defaults: { title: "Food" } });
  await goal("cycles", { name: "Q2 2026", starts_on: "2026-04-01", ends_on: "2026-06-30" });
  await Promise.all([objective(), kpi(), request(), change()]);
});
afterAll(() => stage.close());

interface Run {
  given: () => Item | Promise<Item>;
  wrong: Item;
  /** The message that people get about wrong input. */
  says: RegExp;
  /** The fields that a waiting step stores for its resume, beside the declared ones. */
  keeps?: string[];
}

const nowhere = "01930000-0000-7000-8000-000000000003";
const ask: Run = {
  given: () => ({ title: `Feed ${++counter} ocelots`, description: "Twice", priority: "low" }),
  wrong: { title: "x".repeat(501), description: "Twice", priority: "low" },
  says: /^title/,
};

const creates: Record<string, Run> = {
  requestApproval: { ...ask, keeps: ["continue_on_rejection"] },
  createRequest: ask,
  logActivity: ask,
  decideRequest: {
    given: async () => ({ id: (await request()).id, decision: "approve" }),
    wrong: { id: nowhere, decision: "approve" },
    says: /^Request not found/,
  },
  cancelRequest: {
    given: async () => ({ id: (await stage.bob.api.create({ priority: "low" })).body.id }),
    wrong: { id: nowhere },
    says: /^Request not found/,
  },
  addComment: {
    given: async () => ({ id: (await request()).id, body: "Which ones?" }),
    wrong: { id: nowhere, body: "Which ones?" },
    says: /^Request not found/,
  },
  createObjective: {
    given: () => ({ title: "Be kind", type: "org" }),
    wrong: { title: "Be kind", type: "dreamt" },
    says: /^type must/,
  },
  updateObjective: {
    given: async () => ({ id: (await objective()).id, title: "Be kinder" }),
    wrong: { id: nowhere, title: "Be kinder" },
    says: /^Objective not found/,
  },
  recordCheckIn: {
    given: async () => ({ id: must((await objective()).key_results[0]).id, value: "20" }),
    wrong: { id: nowhere, value: "many" },
    says: /^value: must be a number/,
  },
  recordKpiUpdate: {
    given: async () => ({ id: (await kpi()).id, value: "4" }),
    wrong: { id: nowhere, value: "4" },
    says: /^KPI not found/,
  },
  proposeChange: {
    given: () => ({ entityType: "offer", entityId: "o", entityName: "O", action: "update" }),
    wrong: { entityType: "dreamt", entityId: "o", entityName: "O", action: "update" },
    says: /^entityType dreamt is not a type of this organization/,
  },
  resolveChange: {
    given: async () => ({ id: (await change()).id, action: "approve" }),
    wrong: { id: nowhere, action: "approve" },
    says: /^Change not found/,
  },
};

const searches: Record<string, Run> = {
  findRequest: {
    given: async () => ({ id: (await request()).id }),
    wrong: {},
    says: /^search: give words/,
  },
  findObjective: {
    given: () => ({ search: "Delight" }),
    wrong: { type: "dreamt" },
    says: /^type must/,
  },
  findKpi: {
    given: () => ({ search: "Fed" }),
    wrong: { search: "x".repeat(501) },
    says: /^search must/,
  },
  listChanges: { given: () => ({}), wrong: { limit: "0" }, says: /^limit must/ },
  getChange: {
    given: async () => ({ id: (await change()).id }),
    wrong: { id: nowhere },
    says: /^Change not found/,
  },
};

const perform = async (step: string, inputData: Item = {}) => {
  const callback_url = `${stage.zapier.hooks.url}/hooks/callback/${++counter}/`;
  const method = `${step}.operation.perform`;
  return (await stage.zapier.run<Item | Item[]>(method, { inputData }, { callback_url })).results;
};

describe.each([
  { kind: "creates", runs: creates, declared: app.creates },
  { kind: "searches", runs: searches, declared: app.searches },
])("of all $kind", ({ kind, runs, declared }) => {
  test("each is run here", () => {
    expect(Object.keys(runs).sort()).toEqual(Object.keys(declared).sort());
  });

  test.each(Object.entries(runs))(
    "%s answers what it declares, and says what is wrong",
    async (key, { given, wrong, says, keeps = [] }) => {
      const items = [await perform(`${kind}.${key}`, await given())].flat();
      const fields = must(declared[key]).operation.outputFields as { key: string }[];
      expect(items[0]).toMatchObject({ id: expect.any(String) as string });
      expect([...fields.map((field) => field.key), ...keeps]).toEqual(
        expect.arrayContaining(Object.keys(must(items[0]))),
      );
      expect(shownError(await thrownBy(perform(`${kind}.${key}`, wrong))).message).toMatch(says);
    },
  );
});

const hidden = Object.values(app.triggers).filter(({ display }) => display.hidden);

test.each(hidden.map(({ key }) => key))("the dropdown %s offers what is there", async (key) => {
  const offered = [await perform(`triggers.${key}`)].flat();
  expect(offered).not.toEqual([]);
  // Each choice has an id, and also a name if that differs.
  for (const choice of offered)
    for (const value of Object.values(choice))
      expect([key, value]).toEqual([key, expect.stringMatching(/./)]);
});
