import { must } from "@sayso/must";
import { until } from "@sayso/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { countByOutput, openN8nStage, type N8nStage } from "./n8n-stage.ts";
import { addTriggerFlow, approveNew, subscriptionsOf } from "./trigger-flow.ts";

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterEach(() => stage.n8n.start());
afterAll(() => stage.close());

const finished = (executionId: string) => stage.n8n.executionIn(executionId, ["success", "error"]);

test("n8n killed while a workflow waits loses nothing", async () => {
  const { executionId, requests } = await stage.sleep(await stage.addFlow({}));
  await stage.n8n.crash();
  await stage.alice.api.approve(must(requests[0]).id);
  expect(countByOutput(await finished(executionId))).toMatchObject({ Approved: 1 });
});

test("what happens while n8n is down arrives when it is back: a decision, and an event, once", async () => {
  const { n8n, alice, services } = stage;
  const { workflowId, heard } = await addTriggerFlow(stage, "saysoTrigger", {
    types: ["approval.approved"],
  });
  await n8n.activate(workflowId);
  await until(async () => (await subscriptionsOf(stage)).length === 1, "the subscription is there");
  const { executionId, requests } = await stage.sleep(await stage.addFlow({}));
  await n8n.stop();
  await alice.api.approve(must(requests[0]).id);
  await approveNew(stage, "While down");
  const tried = async () => {
    const [row] = await services.sql<{ count: number }>(
      "select count(*)::int as count from deliveries where status = 'pending' and last_error is not null",
    );
    return must(row).count;
  };
  // The three deliveries are the callback and the events of both requests.
  await until(async () => (await tried()) === 3, "all were tried");
  await n8n.start();
  // Makes the next attempt due now instead of in some minutes.
  await services.sql("update deliveries set next_attempt_at = now() where status = 'pending'");
  expect(countByOutput(await finished(executionId))).toMatchObject({ Approved: 1 });
  await until(async () => (await heard()).length >= 2, "both events were heard");
  const titles = (await heard()).map(({ title }) => title);
  expect(titles.sort()).toEqual(["Pay order 1", "While down"]);
  await n8n.deactivate(workflowId);
});
