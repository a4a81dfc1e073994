import { afterAll, beforeAll, expect, test } from "vitest";
import { countByOutput, itemsAt, openN8nStage, type N8nStage } from "./n8n-stage.ts";

// n8n checks once a minute for waits that have timed out, and the node gives Sayso half a minute more than itself.

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage.close());

test("where Sayso is gone for good, n8n's own time-out comes out of No Decision", async () => {
  const workflowId = await stage.addFlow({
    // Input as an earlier Sayso node leaves it, or as a sender writes it to pretend to be one.
    items: [{ sayso: { approved: true, outcome: "approved" } }],
    parameters: { limitWaitTime: true, waitAmount: 0.5, waitUnit: "minutes" },
  });
  const { executionId } = await stage.sleep(workflowId);
  await stage.server.kill9();
  const done = await stage.n8n.executionIn(executionId, ["success", "error"]);
  expect(countByOutput(done)).toEqual({ "No Decision": 1, Approved: 0, Rejected: 0 });
  const [{ json }] = itemsAt(done, "No Decision") as [{ json: unknown }];
  expect(json).toMatchObject({ sayso: { approved: false, outcome: "no_decision" } });
});
