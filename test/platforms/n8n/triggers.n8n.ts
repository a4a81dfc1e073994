import { must } from "@sayso/must";
import { until } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openN8nStage, type N8nStage } from "./n8n-stage.ts";
import { addTriggerFlow, approveNew, subscriptionsOf, type TriggerFlow } from "./trigger-flow.ts";

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage.close());

describe("the instant trigger", () => {
  let flow: TriggerFlow;
  beforeAll(async () => {
    flow = await addTriggerFlow(stage, "saysoTrigger", {
      types: ["approval.approved"],
      filters: { priority: ["high"] },
    });
  });

  test("subscribes when it is activated, and hears each event once, and no others", async () => {
    await approveNew(stage, "Before");
    await stage.n8n.activate(flow.workflowId);
    await until(
      async () => (await subscriptionsOf(stage)).length === 1,
      "the subscription is there",
    );
    await approveNew(stage, "First");
    const { body } = await stage.machine.api.create({ title: "Low", priority: "low" });
    await stage.alice.api.approve(body.id);
    const { body: rejected } = await stage.machine.api.create({ title: "No" });
    await stage.alice.api.reject(rejected.id, "No");
    await approveNew(stage, "Second");
    await until(async () => (await flow.titles()).length >= 2, "both were heard");
    expect((await flow.titles()).sort()).toEqual(["First", "Second"]);
  });

  test("takes a delivery that comes again for what it is", async () => {
    const before = await flow.heard();
    const { body } = await stage.owner.api.deliveries({ page_size: 100 });
    const delivered = body.data.filter(({ status }) => status === "delivered");
    expect(delivered.length).toBeGreaterThan(0);
    for (const { id } of delivered) await stage.owner.api.replay(id);
    await approveNew(stage, "After replays");
    await until(
      async () => (await flow.titles()).includes("After replays"),
      "the next one was heard",
    );
    expect(await flow.heard()).toHaveLength(before.length + 1);
  });

  test("refuses what Sayso did not sign", async () => {
    const [subscription] = await subscriptionsOf(stage);
    const response = await fetch(must(subscription).target_url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "x", type: "approval.approved", created_at: "2026-01-01" }),
    });
    expect(response.status).toBe(401);
  });

  test("unsubscribes when it is deactivated, and begins anew when it is activated again", async () => {
    await stage.n8n.deactivate(flow.workflowId);
    await until(
      async () => (await subscriptionsOf(stage)).length === 0,
      "the subscription is gone",
    );
    await approveNew(stage, "While inactive");
    await stage.n8n.activate(flow.workflowId);
    await until(
      async () => (await subscriptionsOf(stage)).length === 1,
      "the subscription is back",
    );
    await approveNew(stage, "Active again");
    await until(async () => (await flow.titles()).includes("Active again"), "it was heard");
    expect(await flow.titles()).not.toContain("While inactive");
    await stage.n8n.deactivate(flow.workflowId);
  });
});
