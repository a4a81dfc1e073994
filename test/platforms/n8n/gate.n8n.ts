import { must } from "@sayso/must";
import { startReceiver, until, type Receiver } from "@sayso/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startModel, type FakeModel } from "./fake-model.ts";
import { openN8nStage, type N8nStage } from "./n8n-stage.ts";

let stage: N8nStage;
let model: FakeModel;
let payments: Receiver;
let workflowId: string;

beforeAll(async () => {
  [stage, model, payments] = await Promise.all([
    openN8nStage(),
    startModel({ invoice: "4711" }),
    startReceiver(),
  ]);
  const openAi = await stage.n8n.addCredential("openAiApi", { apiKey: "sk-none", url: model.url });
  workflowId = await stage.n8n.addWorkflow(
    [
      { name: "Start", type: "n8n-nodes-base.manualTrigger" },
      {
        name: "Agent",
        type: "@n8n/n8n-nodes-langchain.agent",
        typeVersion: 3.1,
        parameters: { promptType: "define", text: "Pay invoice 4711", options: {} },
      },
      {
        name: "Model",
        type: "@n8n/n8n-nodes-langchain.lmChatOpenAi",
        typeVersion: 1.2,
        parameters: { model: { __rl: true, mode: "id", value: "fake" }, options: {} },
        credentials: { openAiApi: openAi },
      },
      {
        name: "Gate",
        type: "n8n-nodes-sayso.saysoHitlTool",
        parameters: {
          resource: "approval",
          operation: "sendAndWait",
          message: "=The agent wants to run {{ $tool.name }}",
          priority: "high",
        },
        credentials: { saysoApi: stage.credential },
      },
      {
        name: "Pay invoice",
        type: "n8n-nodes-base.httpRequestTool",
        typeVersion: 4.2,
        parameters: {
          toolDescription: "Pays an invoice",
          method: "POST",
          url: `${payments.url}/pay`,
          sendBody: true,
          specifyBody: "json",
          jsonBody: "={{ { invoice: $fromAI('invoice', 'Its number', 'string') } }}",
        },
      },
    ],
    [
      ["Start", "Agent"],
      ["Model", "ai_languageModel", "Agent"],
      ["Gate", "ai_tool", "Agent"],
      ["Pay invoice", "ai_tool", "Gate"],
    ],
  );
});
afterAll(async () => {
  await Promise.all([stage?.close(), model?.stop(), payments?.stop()]);
});
let paidBefore = 0;
beforeEach(() => {
  paidBefore = payments.requests.length;
  model.calls.length = 0;
});

const paid = () => payments.requests.slice(paidBefore);

/** Runs the agent until it waits for a person. */
async function askAgent() {
  const executionId = await stage.n8n.runByHand(workflowId, "Start");
  await stage.n8n.executionIn(executionId, ["waiting"]);
  const requests = await stage.requestsOf(executionId);
  expect(requests).toHaveLength(1);
  return { executionId, request: must(requests[0]) };
}

test("a person sees what the agent wants to do, and their yes lets the tool run", async () => {
  const { executionId, request } = await askAgent();
  expect(request).toMatchObject({
    title: "Run the tool Pay_invoice",
    metadata: { tool: "Pay_invoice", arguments: { invoice: "4711" } },
  });
  expect(paid()).toHaveLength(0);
  await stage.alice.api.approve(request.id);
  const done = await stage.n8n.executionIn(executionId, ["success", "error"]);
  expect(done.error).toBeUndefined();
  expect(paid().map(({ json }) => json)).toEqual([{ invoice: "4711" }]);
  expect(model.lastToolAnswer()).not.toMatch(/rejected|feedback/);
});

// gate-attacks.n8n.ts tests the ways around a gate.
test.each([
  ["a no", (id: string) => stage.alice.api.reject(id, "Not this one"), /Not this one/],
  ["a cancellation", (id: string) => stage.machine.api.cancel(id, "Too late"), /cancelled/],
  [
    "the emergency stop",
    async () => {
      const set = (active: boolean) =>
        stage.owner.api.call("POST", "/api/v1/emergency-stop", { body: { active } });
      await set(true);
      await set(false);
    },
    /cancelled|stopped/,
  ],
  [
    "an expiry",
    async (id: string) => {
      await stage.services.sql(
        "update requests set expires_at = now() - interval '1 second' where id = $1",
        [id],
      );
      await until(
        async () => (await stage.owner.api.get(id)).body.status === "expired",
        "it expires",
      );
    },
    /expired/,
  ],
])("%s doesn't let it run, and the model is told", async (_, decide, reported) => {
  const { executionId, request } = await askAgent();
  await decide(request.id);
  await stage.n8n.executionIn(executionId, ["success", "error"]);
  expect(paid()).toHaveLength(0);
  expect(model.lastToolAnswer()).toMatch(reported);
});
