import { must } from "@sayso/must";
import { make, until } from "@sayso/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openMakeStage, type MakeStage } from "./make-stage.ts";

// Webhooks: attaching one, deliveries by the real server, and calls that don't come from Sayso.

let stage: MakeStage;
beforeAll(async () => {
  stage = await openMakeStage();
});
afterAll(() => stage.close());

const hosts: make.HookHost[] = [];
const attach = async (webhook: string, parameters: Record<string, unknown> = {}) => {
  const host = await make.openHookHost(stage.engine, webhook, stage.connection, parameters);
  hosts.push(host);
  return host;
};
afterEach(async () => {
  for (const host of hosts.splice(0)) {
    await host.detach().catch(() => undefined);
    await host.stop();
  }
});

const run = (module: string, payload: unknown) =>
  stage.engine.runInstant(module, { connection: stage.connection, payload });

/** Waits for this number of payloads, and returns the bundles that the module creates from them. */
async function bundles(host: make.HookHost, module: string, count: number) {
  await until(() => host.queue.length >= count, `${count} payloads in the queue`);
  const all: unknown[] = [];
  for (const payload of host.queue.splice(0)) all.push(...(await run(module, payload)));
  return all as Record<string, unknown>[];
}

const post = (host: make.HookHost, body: unknown) =>
  fetch(host.hook.url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

async function subscriptions(): Promise<string[]> {
  const { body } = await stage.owner.api.call<{ data: { target_url: string }[] }>(
    "GET",
    "/api/v1/subscriptions",
  );
  return body.data.map(({ target_url: url }) => url);
}

const ask = async (more: Record<string, unknown> = {}) =>
  (await stage.machine.api.create(more)).body.id;

describe("a webhook", () => {
  test("is a subscription from attaching to detaching, one even if attached twice", async () => {
    const host = await attach("watchDecisions");
    expect(await subscriptions()).toContain(host.hook.url);
    expect(Object.keys(host.hook.data)).toEqual(["externalHookId"]);
    const { connection } = stage;
    const again = await stage.engine.attach("watchDecisions", { connection, url: host.hook.url });
    expect(again.data).toEqual(host.hook.data);
    await host.detach();
    expect(await subscriptions()).not.toContain(host.hook.url);
    await stage.alice.api.approve(await ask());
    const other = await attach("watchDecisions");
    await stage.alice.api.approve(await ask());
    await until(() => other.received.length === 1, "the other webhook is told");
    expect(host.received).toEqual([]);
  });

  test("is not attached with a credential that is not good", async () => {
    const connection = {
      ...stage.connection,
      data: { ...stage.connection.data, accessToken: "gk_0" },
    };
    await expect(
      make.openHookHost(stage.engine, "watchDecisions", connection),
    ).rejects.toMatchObject({ type: "InvalidAccessTokenError" });
  });

  test("says that it can't be detached where the server doesn't know it", async () => {
    const host = await attach("watchDecisions");
    await host.detach();
    await expect(host.detach()).rejects.toMatchObject({ type: "DataError", statusCode: 404 });
  });

  test("keeps the secret out of what Make stores and logs", () => {
    const attached = stage.engine.log.filter(({ request }) =>
      request.url.endsWith("/subscriptions"),
    );
    expect(attached.length).toBeGreaterThan(0);
    for (const { response } of attached) expect(JSON.stringify(response)).not.toMatch(/whsec_/);
  });

  test("answers a test, and starts nothing", async () => {
    const host = await attach("watchEvents");
    const path = `/api/v1/subscriptions/${host.hook.data.externalHookId as string}/test`;
    const key = stage.connection.data.accessToken as string;
    const sent = await fetch(stage.server.url + path, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}` },
    });
    expect(sent.status).toBe(200);
    await until(() => host.received.length === 1, "the test arrives");
    expect(host.queue).toEqual([]);
  });
});

describe("Watch Decisions", () => {
  test("gives each decided request once, as the server has it", async () => {
    const host = await attach("watchDecisions");
    const ids = await Promise.all(
      Array.from({ length: 12 }, () => ask({ metadata: { order: "17" } })),
    );
    await Promise.all(
      ids.map((id, n) =>
        n % 3 === 0 ? stage.bob.api.reject(id, "No") : stage.alice.api.approve(id),
      ),
    );
    const given = await bundles(host, "watchDecisions", 12);
    expect(given.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(given.filter(({ status }) => status === "rejected")).toHaveLength(4);
    expect(given[0]).toMatchObject({
      metadata: { order: "17" },
      decided_at: expect.any(String) as string,
    });
  });

  test("gives only the events and requests that were chosen", async () => {
    const host = await attach("watchDecisions", {
      types: ["approval.approved"],
      priority: ["critical"],
    });
    const [wanted, other, rejected] = [
      await ask({ priority: "critical" }),
      await ask({ priority: "low" }),
      await ask({ priority: "critical" }),
    ];
    await stage.alice.api.approve(other);
    await stage.alice.api.reject(rejected);
    await stage.alice.api.approve(wanted);
    expect(await bundles(host, "watchDecisions", 1)).toMatchObject([{ id: wanted }]);
    expect(host.received).toHaveLength(1);
  });

  test.each([
    ["an undecided request", async () => ({ type: "approval.approved", request_id: await ask() })],
    [
      "an entry of the activity log",
      async () => ({ type: "approval.approved", request_id: await ask({ is_log: true }) }),
    ],
    [
      "a request that isn't there",
      () => ({ type: "approval.approved", request_id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04" }),
    ],
    ["no request at all", () => ({ type: "approval.approved", request_id: "" })],
  ])("doesn't believe a call about %s", async (_, forge) => {
    const host = await attach("watchDecisions");
    const forged = { id: "1", status: "approved", decided_at: "2026-01-01", ...(await forge()) };
    await post(host, forged);
    expect(host.queue).toHaveLength(1);
    await expect(run("watchDecisions", host.queue.shift())).rejects.toMatchObject({
      name: "MakeError",
    });
  });

  test("hands on nothing of a forged call but what the server says", async () => {
    const id = await ask({ title: "True" });
    await stage.alice.api.reject(id, "No");
    const host = await attach("watchDecisions");
    await post(host, {
      id: "1",
      type: "approval.approved",
      request_id: id,
      request: { title: "False" },
    });
    const [given] = await run("watchDecisions", host.queue.shift());
    expect(given).toMatchObject({ id, title: "True", status: "rejected" });
  });

  test("passes over what it doesn't watch, and what is no event", async () => {
    const host = await attach("watchDecisions");
    for (const body of [{ type: "approval.created", request_id: "1" }, {}, [], "hello", null])
      expect((await post(host, body)).status).toBe(200);
    expect(host.queue).toEqual([]);
  });
});

test("Watch Requests gives a new request", async () => {
  const host = await attach("watchRequests", { action_type: ["refund"] });
  await ask();
  const id = await ask({ action_type: "refund", title: "Refund order 17" });
  expect(await bundles(host, "watchRequests", 1)).toMatchObject([
    { id, title: "Refund order 17", status: "pending" },
  ]);
});

describe("Watch Events", () => {
  test("gives the event as the feed has it", async () => {
    const host = await attach("watchEvents", { types: ["approval.commented"] });
    const id = await ask({ title: "Talked about" });
    await stage.alice.api.comment(id, "Who paid?");
    const [event] = await bundles(host, "watchEvents", 1);
    expect(event).toMatchObject({
      type: "approval.commented",
      request_id: id,
      actor: { kind: "person", name: "Alice Approver" },
      data: { body: "Who paid?" },
      request: { title: "Talked about", status: "pending" },
    });
  });

  test("doesn't believe a call about an event that isn't there, or is of another type", async () => {
    const host = await attach("watchEvents");
    await ask();
    await until(() => host.queue.length === 1, "a real payload");
    const real = host.queue.shift() as { id: string };
    for (const forged of [
      { id: "1", type: "approval.approved" },
      { id: real.id, type: "approval.approved" },
    ]) {
      await post(host, forged);
      await expect(run("watchEvents", host.queue.shift())).rejects.toMatchObject({
        type: "DataError",
        message: expect.stringContaining("not among the newest") as string,
      });
    }
  });
});

test("Watch KPI Updates and Watch Check-ins give what was reported", async () => {
  const kpis = await attach("watchKpiUpdates");
  const checkIns = await attach("watchCheckIns");
  const { call } = stage.owner.api;
  const kpi = await call<{ id: string }>("POST", "/api/v1/kpis", {
    body: { name: "Weekly active users", target: 4500, current: 3721 },
  });
  const objective = await call<{ key_results: { id: string }[] }>("POST", "/api/v1/okrs", {
    body: {
      title: "Onboarding",
      type: "org",
      key_results: [{ title: "Sign-ups", start: 1, target: 9 }],
    },
  });
  const { connection } = stage;
  await stage.engine.run("submitKpiUpdate", {
    connection,
    parameters: { id: kpi.body.id, value: 3810 },
  });
  await stage.engine.run("recordCheckIn", {
    connection,
    parameters: { id: must(objective.body.key_results[0]).id, value: 4 },
  });
  const data = expect.objectContaining({ new_value: 3810 }) as unknown;
  expect(await bundles(kpis, "watchKpiUpdates", 1)).toMatchObject([{ type: "kpi.updated", data }]);
  expect(await bundles(checkIns, "watchCheckIns", 1)).toMatchObject([{ type: "checkin.recorded" }]);
});

test("every instant trigger refuses to go on with a credential that is not good", async () => {
  const connection = {
    ...stage.connection,
    data: { ...stage.connection.data, accessToken: "gk_0" },
  };
  const instant = Object.entries(stage.app.modules).filter(
    ([, { type }]) => type === "instant_trigger",
  );
  expect(instant.length).toBeGreaterThanOrEqual(3);
  for (const [module] of instant)
    await expect(
      stage.engine.runInstant(module, {
        connection,
        payload: { id: "1", type: "x", request_id: "1" },
      }),
    ).rejects.toMatchObject({ type: "InvalidAccessTokenError" });
});
