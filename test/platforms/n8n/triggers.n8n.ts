import { until } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { itemsAt, openN8nStage, type N8nStage } from "./n8n-stage.ts";

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage.close());

const addTrigger = (type: string, parameters: Record<string, unknown>) =>
  stage.n8n.addWorkflow(
    [
      {
        name: "Trigger",
        type: `n8n-nodes-sayso.${type}`,
        parameters,
        credentials: { saysoApi: stage.credential },
      },
      { name: "Out", type: "n8n-nodes-base.noOp" },
    ],
    [["Trigger", "Out"]],
  );

/** What has come out of the trigger so far, over all executions, oldest first. */
async function heard(workflowId: string) {
  const executions = await stage.n8n.executionsOf(workflowId);
  const oldestFirst = executions.sort((a, b) => Number(a.id) - Number(b.id));
  const all = await Promise.all(oldestFirst.map(({ id }) => stage.n8n.execution(id)));
  return all
    .flatMap((execution) => itemsAt(execution, "Out"))
    .map(({ json }) => ({
      id: json.id as string,
      type: json.type as string,
      title: (json.request as { title: string } | null)?.title,
    }));
}

const subscriptions = async () => {
  const { body } = await stage.machine.api.call<{ data: { id: string; target_url: string }[] }>(
    "GET",
    "/api/v1/subscriptions",
  );
  return body.data;
};

const decideNew = async (title: string) => {
  const { body } = await stage.machine.api.create({ title });
  await stage.alice.api.approve(body.id);
};

const titlesOf = async (workflowId: string) => (await heard(workflowId)).map(({ title }) => title);

describe("the instant trigger", () => {
  let workflowId: string;
  beforeAll(async () => {
    workflowId = await addTrigger("saysoTrigger", {
      types: ["approval.approved"],
      filters: { priority: ["high"] },
    });
  });

  test("subscribes when it is activated, and hears each event once, and no others", async () => {
    await decideNew("Before");
    await stage.n8n.activate(workflowId);
    await until(async () => (await subscriptions()).length === 1, "the subscription is there");
    await decideNew("First");
    const { body } = await stage.machine.api.create({ title: "Low", priority: "low" });
    await stage.alice.api.approve(body.id);
    const { body: rejected } = await stage.machine.api.create({ title: "No" });
    await stage.alice.api.reject(rejected.id, "No");
    await decideNew("Second");
    await until(async () => (await titlesOf(workflowId)).length >= 2, "both were heard", 20_000);
    expect(await titlesOf(workflowId)).toEqual(["First", "Second"]);
  });

  test("takes a delivery that comes again for what it is", async () => {
    const before = await heard(workflowId);
    const { body } = await stage.owner.api.deliveries({ page_size: 100 });
    const delivered = body.data.filter(({ status }) => status === "delivered");
    expect(delivered.length).toBeGreaterThan(0);
    for (const { id } of delivered) await stage.owner.api.replay(id);
    await decideNew("After replays");
    await until(
      async () => (await titlesOf(workflowId)).includes("After replays"),
      "the next one was heard",
      20_000,
    );
    expect(await heard(workflowId)).toHaveLength(before.length + 1);
  });

  test("refuses what Sayso did not sign", async () => {
    const [subscription] = await subscriptions();
    const response = await fetch(subscription!.target_url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "x", type: "approval.approved", created_at: "2026-01-01" }),
    });
    expect(response.status).toBe(401);
  });

  test("hears what happened while n8n was down when that is delivered again", async () => {
    await stage.n8n.stop();
    await decideNew("While down");
    await until(async () => {
      const rows = await stage.services.sql<{ count: number }>(
        "select count(*)::int as count from deliveries where status = 'pending' and attempts > 0",
      );
      return rows[0]!.count > 0;
    }, "the delivery was tried");
    await stage.n8n.start();
    await stage.services.sql(
      "update deliveries set next_attempt_at = now() where status = 'pending'",
    );
    await until(
      async () => (await titlesOf(workflowId)).includes("While down"),
      "it was heard",
      30_000,
    );
    const ids = (await heard(workflowId)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("unsubscribes when it is deactivated, and begins anew when it is activated again", async () => {
    await stage.n8n.deactivate(workflowId);
    await until(async () => (await subscriptions()).length === 0, "the subscription is gone");
    await decideNew("While inactive");
    await stage.n8n.activate(workflowId);
    await until(async () => (await subscriptions()).length === 1, "the subscription is back");
    await decideNew("Active again");
    await until(
      async () => (await titlesOf(workflowId)).includes("Active again"),
      "it was heard",
      20_000,
    );
    expect(await titlesOf(workflowId)).not.toContain("While inactive");
    await stage.n8n.deactivate(workflowId);
  });
});

test("the poll trigger gives no history, then everything once, also over a deactivation", async () => {
  await decideNew("Long ago");
  const workflowId = await addTrigger("saysoPollTrigger", {
    types: ["approval.approved"],
    // The shortest that n8n knows.
    pollTimes: { item: [{ mode: "everyMinute" }] },
  });
  await stage.n8n.activate(workflowId);
  // It polls once on activation; n8n stores the cursor after that.
  await until(async () => {
    const { staticData } = await stage.n8n.rest<{ staticData: unknown }>(
      "GET",
      `/workflows/${workflowId}`,
    );
    return JSON.stringify(staticData ?? "").includes("cursor");
  }, "the cursor is stored");
  for (const title of ["One", "Two", "Three"]) await decideNew(title);
  await until(async () => (await titlesOf(workflowId)).length >= 3, "three were polled", 90_000);
  expect(await titlesOf(workflowId)).toEqual(["One", "Two", "Three"]);

  await stage.n8n.deactivate(workflowId);
  await decideNew("While inactive");
  await stage.n8n.activate(workflowId);
  await until(
    async () => (await titlesOf(workflowId)).includes("While inactive"),
    "what happened meanwhile was polled",
    90_000,
  );
  expect(await titlesOf(workflowId)).toEqual(["One", "Two", "Three", "While inactive"]);
}, 240_000);
