import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openN8nStage, type N8nStage } from "./n8n-stage.ts";
import { addTriggerFlow, approveNew } from "./trigger-flow.ts";

// n8n polls once a minute at most. So a test takes two minutes, in which n8n is mostly idle.

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage.close());

test("the poll trigger gives no history, then everything once, also over a deactivation", async () => {
  await approveNew(stage, "Long ago");
  const { workflowId, titles } = await addTriggerFlow(stage, "saysoPollTrigger", {
    types: ["approval.approved"],
    // The shortest interval of n8n.
    pollTimes: { item: [{ mode: "everyMinute" }] },
  });
  await stage.n8n.activate(workflowId);
  // n8n polls once on activation, and stores the cursor after that.
  await until(async () => {
    const { staticData } = await stage.n8n.rest<{ staticData: unknown }>(
      "GET",
      `/workflows/${workflowId}`,
    );
    return JSON.stringify(staticData ?? "").includes("cursor");
  }, "the cursor is stored");
  for (const title of ["One", "Two", "Three"]) await approveNew(stage, title);
  const slowly = async () => {
    await sleep(1_000);
    return titles();
  };
  await until(async () => (await slowly()).length >= 3, "three were polled");
  expect(await titles()).toEqual(["One", "Two", "Three"]);

  await stage.n8n.deactivate(workflowId);
  await approveNew(stage, "While inactive");
  await stage.n8n.activate(workflowId);
  await until(
    async () => (await slowly()).includes("While inactive"),
    "what happened meanwhile was polled",
  );
  expect(await titles()).toEqual(["One", "Two", "Three", "While inactive"]);
  await stage.n8n.deactivate(workflowId);
});
