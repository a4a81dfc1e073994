import { must } from "@sayso/must";
import type { make } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMakeStage, type MakeStage } from "./make-stage.ts";

// Every action, search and universal module against the real server: one run that succeeds, one that fails as expected.

let stage: MakeStage;
let pending: string;
/** The goals that the modules measure. */
let goals: { kpi: string; objective: string; keyResult: string };
beforeAll(async () => {
  stage = await openMakeStage();
  const make = async (path: string, body: object) => {
    const made = await stage.owner.api.call<{ id: string; key_results?: { id: string }[] }>(
      "POST",
      path,
      { body },
    );
    expect(made.status).toBe(201);
    return made.body;
  };
  const kpi = await make("/api/v1/kpis", {
    name: "Weekly active users",
    target: 4500,
    current: 3721,
  });
  const objective = await make("/api/v1/okrs", {
    title: "Improve onboarding",
    type: "org",
    key_results: [{ title: "Trial-to-paid conversion", start: 10, target: 20 }],
  });
  goals = {
    kpi: kpi.id,
    objective: objective.id,
    keyResult: must(must(objective.key_results)[0]).id,
  };
});
afterAll(() => stage.close());

const ask = { title: "Refund order 17", description: "It arrived broken", priority: "high" };
const unknownId = "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04";

const run = (module: string, parameters: Record<string, unknown>) =>
  stage.engine.run(module, { connection: stage.connection, parameters });

/** Creates a request. @returns its id */
async function request(): Promise<string> {
  const [made] = (await run("requestApproval", ask)) as [{ id: string }];
  return made.id;
}

const change = {
  entityType: "offer",
  entityId: "summer",
  entityName: "Summer offer",
  action: "create",
};

/** Proposes a change as another person, because nobody resolves their own. */
async function propose(): Promise<string> {
  // Admins decide their own stage without Make: an app doesn't vote by the rank of its person.
  const stages = [{ stageName: "Look", requiredRole: "editor" }];
  const body = { ...change, entityId: crypto.randomUUID(), stages };
  const made = await stage.alice.api.call<{ id: string }>("POST", "/changes/api/v1/approvals", {
    body,
  });
  expect(made.status).toBe(201);
  return made.body.id;
}

interface Case {
  good: () => Record<string, unknown> | Promise<Record<string, unknown>>;
  /** The bundles of a successful run. */
  gives: (parameters: Record<string, unknown>) => unknown[];
  bad: () => Record<string, unknown>;
  fails: Partial<make.MakeError>;
}

const any = (type: unknown): unknown => expect.any(type);
const some = (expected: object): unknown => expect.objectContaining(expected);
const says = (text: string): string => expect.stringContaining(text) as string;

const cases: Record<string, Case> = {
  requestApproval: {
    good: () => ({
      ...ask,
      metadata: [
        { key: "order_id", value: "17" },
        { key: "customer", value: { id: 4, name: "Ada" } },
      ],
      expires_at: "2099-01-01T00:00:00+02:00",
      assigned_approvers: [stage.alice.id],
      required_approvals: 1,
      action_type: "refund",
      idempotency_key: "order-17",
    }),
    gives: () => [
      some({
        status: "pending",
        source: "make",
        connection_id: any(String),
        metadata: { order_id: "17", customer: { id: 4, name: "Ada" } },
        expires_at: "2098-12-31T22:00:00.000Z",
        assigned_approvers: [stage.alice.id],
      }),
    ],
    bad: () => ({ ...ask, required_approvals: 3, assigned_approvers: [stage.alice.id] }),
    fails: { type: "DataError", statusCode: 400, message: says("required_approvals") },
  },
  logActivity: {
    good: () => ({ ...ask, title: "Backup finished", metadata: [{ key: "size", value: 12 }] }),
    gives: () => [some({ is_log: true, status: "approved", metadata: { size: 12 } })],
    bad: () => ({ ...ask, title: "x".repeat(501) }),
    fails: { type: "DataError", statusCode: 400, message: says("title") },
  },
  getRequest: {
    good: () => ({ id: pending }),
    gives: () => [some({ id: pending, status: "pending", ...ask })],
    bad: () => ({ id: unknownId }),
    fails: { type: "DataError", statusCode: 404 },
  },
  addComment: {
    good: () => ({ id: pending, body: "Looked at the photos." }),
    gives: () => [some({ body: "Looked at the photos.", approval_request_id: pending })],
    bad: () => ({ id: unknownId, body: "Nobody reads this" }),
    fails: { type: "DataError", statusCode: 404 },
  },
  decideRequest: {
    good: async () => ({ id: await request(), decision: "approve", comment: "Go ahead" }),
    gives: ({ id }) => [some({ id, status: "approved", decision_comment: "Go ahead" })],
    bad: () => ({ id: "../org", decision: "approve" }),
    fails: { type: "DataError", statusCode: 404 },
  },
  cancelRequest: {
    good: async () => ({ id: await request(), reason: "Asked in error" }),
    gives: ({ id }) => [some({ id, status: "cancelled", cancelled_at: any(String) })],
    bad: () => ({ id: unknownId }),
    fails: { type: "DataError", statusCode: 404 },
  },
  searchRequests: {
    good: () => ({ search: "order", status: ["pending", "expired"], limit: 1 }),
    gives: () => [some({ status: "pending" })],
    bad: () => ({ search: "x".repeat(501), limit: 1 }),
    fails: { type: "DataError", statusCode: 400, message: says("search") },
  },
  listObjectives: {
    good: () => ({ limit: 1 }),
    gives: () => [
      some({ title: "Improve onboarding", key_results: [some({ id: goals.keyResult })] }),
    ],
    bad: () => ({ cycle: "never", limit: 1 }),
    fails: { type: "BundleValidationError" },
  },
  createObjective: {
    good: () => ({
      title: "Sleep well",
      type: "org",
      key_results: [{ title: "Pages at night", start: 9, target: 1 }],
    }),
    gives: () => [some({ title: "Sleep well", key_results: [some({ title: "Pages at night" })] })],
    bad: () => ({ title: "x".repeat(501) }),
    fails: { type: "DataError", statusCode: 400 },
  },
  getObjective: {
    good: () => ({ id: goals.objective }),
    gives: () => [some({ id: goals.objective, title: "Improve onboarding" })],
    bad: () => ({ id: unknownId }),
    fails: { type: "DataError", statusCode: 404 },
  },
  updateObjective: {
    good: () => ({ id: goals.objective, description: "For everybody" }),
    gives: () => [some({ id: goals.objective, description: "For everybody" })],
    bad: () => ({ id: unknownId, description: "For nobody" }),
    fails: { type: "DataError", statusCode: 404 },
  },
  recordCheckIn: {
    good: () => ({
      id: goals.keyResult,
      value: 14,
      comment: "New flow shipped",
      status: "on_track",
    }),
    gives: () => [some({ value: 14, status: "on_track", comment: "New flow shipped" })],
    bad: () => ({ id: unknownId, value: 14 }),
    fails: { type: "DataError", statusCode: 404 },
  },
  listKpis: {
    good: () => ({ limit: 5 }),
    gives: () => [some({ id: goals.kpi, name: "Weekly active users" })],
    bad: () => ({ limit: "five" }),
    fails: { type: "BundleValidationError" },
  },
  getKpi: {
    good: () => ({ id: goals.kpi }),
    gives: () => [some({ id: goals.kpi, target: 4500 })],
    bad: () => ({ id: unknownId }),
    fails: { type: "DataError", statusCode: 404 },
  },
  submitKpiUpdate: {
    good: () => ({ id: goals.kpi, value: 3810, comment: "Small uptick" }),
    gives: () => [some({ kpi_id: goals.kpi, previous_value: 3721, new_value: 3810 })],
    bad: () => ({ id: unknownId, value: 1 }),
    fails: { type: "DataError", statusCode: 404 },
  },
  proposeChange: {
    good: () => ({ ...change, payload: [{ key: "price", value: 12 }] }),
    gives: () => [some({ entityType: "offer", status: "pending", payload: { price: 12 } })],
    bad: () => ({ ...change, entityType: "nothing" }),
    fails: { type: "DataError", statusCode: 400 },
  },
  getChange: {
    good: async () => ({ id: await propose() }),
    gives: ({ id }) => [some({ id, entityName: "Summer offer" })],
    bad: () => ({ id: unknownId }),
    fails: { type: "DataError", statusCode: 404 },
  },
  listChanges: {
    good: () => ({ status: "pending", limit: 1 }),
    gives: () => [some({ status: "pending", entityType: "offer" })],
    bad: () => ({ before: "yesterday", limit: 1 }),
    fails: { type: "DataError", statusCode: 400 },
  },
  resolveChange: {
    good: async () => ({ id: await propose(), action: "reject", comments: "Not in summer" }),
    gives: ({ id }) => [some({ id, status: "rejected" })],
    bad: () => ({ id: unknownId, action: "approve" }),
    fails: { type: "DataError", statusCode: 404 },
  },
  makeApiCall: {
    good: () => ({
      url: "//api/v1/approvals",
      method: "POST",
      headers: [{ key: "Content-Type", value: "application/json" }],
      body: JSON.stringify({ ...ask, title: "By hand" }),
    }),
    gives: () => [
      {
        statusCode: 201,
        body: some({ title: "By hand" }),
        headers: some({ "content-type": says("application/json") }),
      },
    ],
    bad: () => ({ url: "https://example.com/api/v1/org", method: "GET" }),
    fails: { type: "DataError", statusCode: 404 },
  },
};

describe.each(Object.entries(cases))("%s", (module, { good, gives, bad, fails }) => {
  beforeAll(async () => {
    pending ??= await request();
  });

  test("does its work", async () => {
    const parameters = await good();
    expect(await run(module, parameters)).toEqual(gives(parameters));
  });

  test("says what is wrong", async () => {
    await expect(run(module, bad())).rejects.toEqual(some({ name: "MakeError", ...fails }));
  });

  test("needs a credential that is good", async () => {
    const connection = {
      ...stage.connection,
      data: { ...stage.connection.data, accessToken: "gk_0" },
    };
    await expect(
      stage.engine.run(module, { connection, parameters: await good() }),
    ).rejects.toEqual(some({ type: "InvalidAccessTokenError", statusCode: 401 }));
  });
});

test("every module that is no trigger is tried here", () => {
  const modules = Object.entries(stage.app.modules)
    .filter(([, { type }]) => type !== "trigger" && type !== "instant_trigger")
    .map(([name]) => name);
  expect(Object.keys(cases).sort()).toEqual(modules.sort());
});

test("what the parameters require is asked for before anything is sent", async () => {
  const before = stage.engine.log.length;
  await expect(run("getRequest", {})).rejects.toThrow("Missing value of required parameter 'id'");
  await expect(run("decideRequest", { id: unknownId, decision: "maybe" })).rejects.toThrow("maybe");
  await expect(run("searchRequests", { limit: "many" })).rejects.toThrow("'limit'");
  expect(stage.engine.log).toHaveLength(before);
});

test("the same request with the same idempotency key asks once", async () => {
  const parameters = { ...ask, idempotency_key: "make-4821" };
  const [[first], [second]] = [
    await run("requestApproval", parameters),
    await run("requestApproval", parameters),
  ];
  expect(second).toEqual(first);
});

test("while the emergency stop is on, a scenario is told to try again later", async () => {
  const stop = (is_active: boolean) =>
    stage.owner.api.call("POST", "/api/v1/emergency-stop", { body: { active: is_active } });
  expect((await stop(true)).status).toBe(200);
  await expect(run("requestApproval", ask)).rejects.toEqual(
    some({ type: "ConnectionError", statusCode: 503 }),
  );
  expect((await stop(false)).status).toBe(200);
});

test("a search goes on page by page up to its limit", async () => {
  await Promise.all(
    Array.from({ length: 103 }, (_, n) => stage.machine.api.create({ title: `Herring ${n}` })),
  );
  const search = (limit: number) => run("searchRequests", { search: "herring", limit });
  const found = (await search(102)) as { id: string }[];
  expect(new Set(found.map(({ id }) => id)).size).toBe(102);
  expect(await search(500)).toHaveLength(103);
});

describe("dropdowns", () => {
  const options = (rpc: string) => stage.engine.options(rpc, { connection: stage.connection });

  test("list what the server has", async () => {
    const team = await stage.organization.addTeam("Finance", [stage.alice]);
    await stage.machine.api.create({ action_type: "refund.large" });
    expect(await options("listTeams")).toEqual([{ label: "Finance", value: team.id }]);
    expect(await options("listMembers")).toContainEqual({
      label: "Bob Approver",
      value: stage.bob.id,
    });
    expect(await options("listActionTypes")).toContainEqual({
      label: "refund.large",
      value: "refund.large",
    });
    expect(await options("listTemplates")).toEqual([]);
    const requests = await options("listApprovals");
    expect(requests.length).toBeGreaterThan(100);
    expect(requests[0]).toEqual({ label: any(String), value: any(String) });
  });

  test("hold no more than 300 options", async () => {
    await Promise.all(Array.from({ length: 200 }, () => stage.machine.api.create()));
    expect(await options("listApprovals")).toHaveLength(300);
  });

  test("say why they can't be filled", async () => {
    const connection = {
      ...stage.connection,
      data: { ...stage.connection.data, accessToken: "gk_0" },
    };
    for (const rpc of Object.keys(stage.app.rpcs))
      await expect(stage.engine.options(rpc, { connection })).rejects.toThrow("[401]");
  });
});
