import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { must } from "@sayso/must";
import { startReceiver, until } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startModel } from "./fake-model.ts";
import { type WorkflowNode } from "./n8n.ts";
import { itemsAt, openN8nStage, type N8nStage } from "./n8n-stage.ts";
import { subscriptionsOf } from "./trigger-flow.ts";

// The README's examples, imported as people import them. Only the credential changes.

const folder = fileURLToPath(
  new URL("../../../packages/n8n-nodes-sayso/workflows", import.meta.url),
);
const examples = readdirSync(folder).filter((name) => name.endsWith(".json"));

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
  await stage.n8n.command("import:workflow", "--separate", `--input=${folder}`);
});
afterAll(() => stage.close());

interface Workflow {
  id: string;
  nodes: WorkflowNode[];
  [other: string]: unknown;
}

type Credentials = Record<string, { id: string; name: string }>;

/** Sets the credentials in the nodes of an example. @returns its id */
async function adopt(name: string, others: Record<string, Partial<WorkflowNode>> = {}) {
  const { id } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Workflow;
  const workflow = await stage.n8n.rest<Workflow>("GET", `/workflows/${id}`);
  const ours: Credentials = { saysoApi: stage.credential };
  for (const node of workflow.nodes) {
    if (node.type.startsWith("n8n-nodes-sayso.")) node.credentials = ours;
    Object.assign(node, others[node.name]);
  }
  await stage.n8n.rest("PATCH", `/workflows/${id}`, workflow);
  return id;
}

test("all of them import, and n8n knows their nodes", async () => {
  const cookie = stage.n8n
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  const response = await fetch(`${stage.n8n.url}/types/nodes.json`, { headers: { cookie } });
  const known = ((await response.json()) as { name: string }[]).map((type) => type.name);
  expect(examples.length).toBeGreaterThan(0);
  for (const name of examples) {
    const { nodes } = await stage.n8n.rest<Workflow>("GET", `/workflows/${await adopt(name)}`);
    expect(known, name).toEqual(expect.arrayContaining(nodes.map(({ type }) => type)));
  }
});

test("approval before a payment: only a yes comes to the payment", async () => {
  const workflowId = await adopt("approval-before-a-payment.json");
  const { executionId, requests } = await stage.sleep(workflowId);
  expect(requests).toMatchObject([
    { title: "Pay 1290 EUR to Harbour Paper", action_type: "payment", metadata: { amount: 1290 } },
  ]);
  await stage.alice.api.approve(must(requests[0]).id, "Checked the invoice");
  const done = await stage.n8n.executionIn(executionId, ["success", "error"]);
  expect(itemsAt(done, "Pay")).toHaveLength(1);
  expect(itemsAt(done, "Tell whoever asked")).toHaveLength(0);
});

test("decision log: every decision becomes a row", async () => {
  const workflowId = await adopt("decision-log.json");
  await stage.n8n.activate(workflowId);
  await until(async () => (await subscriptionsOf(stage)).length > 0, "the subscription is there");
  const { body } = await stage.machine.api.create({ title: "Close the bridge" });
  await stage.alice.api.reject(body.id, "Rush hour");
  await until(
    async () => (await stage.n8n.executionsOf(workflowId)).some((e) => e.status === "success"),
    "a row was written",
  );
  const [{ id } = { id: "" }] = await stage.n8n.executionsOf(workflowId);
  expect(itemsAt(await stage.n8n.execution(id), "Row")[0]?.json).toMatchObject({
    title: "Close the bridge",
    status: "rejected",
    decided_by: "Alice Approver",
    comment: "Rush hour",
  });
  await stage.n8n.deactivate(workflowId);
});

test("AI agent gate: the agent's tool runs after a yes, and people see what it is about to do", async () => {
  const [model, shop] = await Promise.all([startModel({ order: "4821" }), startReceiver()]);
  try {
    const { n8n } = stage;
    const openAi = await n8n.addCredential("openAiApi", { apiKey: "sk-none", url: model.url });
    const { parameters } = must(
      (
        JSON.parse(readFileSync(path.join(folder, "ai-agent-gate.json"), "utf8")) as Workflow
      ).nodes.find(({ name }) => name === "Refund"),
    );
    const workflowId = await adopt("ai-agent-gate.json", {
      Model: { credentials: { openAiApi: openAi } },
      // The note in the workflow says "your own address".
      Refund: { parameters: { ...parameters, url: `${shop.url}/refunds` } },
    });
    const { executionId, requests } = await stage.sleep(workflowId);
    expect(requests).toMatchObject([
      {
        title: "Run the tool Refund",
        description: "The agent wants to run Refund",
        action_type: "agent.tool",
        metadata: { tool: "Refund", arguments: { order: "4821" } },
      },
    ]);
    expect(shop.requests).toHaveLength(0);
    await stage.alice.api.approve(must(requests[0]).id);
    const done = await n8n.executionIn(executionId, ["success", "error"]);
    expect(done.error).toBeUndefined();
    expect(shop.requests.map(({ json }) => json)).toEqual([{ order: "4821" }]);
  } finally {
    await Promise.all([model.stop(), shop.stop()]);
  }
});

test("KPI update under change control: it waits, applies itself when an admin says yes, and is heard of", async () => {
  const { n8n, owner, organization } = stage;
  const guarded = { name: "Margin", target: 10, needs_approval: true };
  const { body: kpi } = await owner.api.call<{ id: string }>("POST", "/api/v1/kpis", {
    body: guarded,
  });
  const name = "kpi-under-change-control.json";
  const { nodes } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Workflow;
  const { parameters } = must(nodes.find((node) => node.name === "Change the KPI"));
  const id = { __rl: true, mode: "list", value: kpi.id };
  const workflowId = await adopt(name, { "Change the KPI": { parameters: { ...parameters, id } } });
  await n8n.activate(workflowId);
  await until(async () => (await subscriptionsOf(stage)).length > 0, "the subscription is there");
  const asked = await n8n.executionIn(await n8n.runByHand(workflowId, "Start"), [
    "success",
    "error",
  ]);
  expect(asked.error).toBeUndefined();
  const [held] = itemsAt(asked, "It waits for an approval");
  expect(held?.json).toMatchObject({ status: "pending", entity_id: kpi.id });
  const read = () => owner.api.call<{ target: number }>("GET", `/api/v1/kpis/${kpi.id}`);
  expect((await read()).body.target).toBe(10);

  // An admin approves, because the owner of the connection that asked doesn't approve the change.
  const admin = await organization.addPerson({ role: "admin" });
  await admin.api.approve(must(held).json.id as string);
  await until(async () => (await read()).body.target === 12, "it is applied");
  const reported = async () => {
    const executions = await n8n.executionsOf(workflowId);
    const all = await Promise.all(executions.map((one) => n8n.execution(one.id)));
    return all.flatMap((execution) => itemsAt(execution, "Tell the team"));
  };
  await until(async () => (await reported()).length > 0, "the change was heard of");
  expect((await reported()).map(({ json }) => json.kpi)).toEqual(["Margin"]);
  await n8n.deactivate(workflowId);
});
