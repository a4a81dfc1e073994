import { readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "@sayso/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../../open-browser.ts";
import type { WorkflowNode } from "./n8n.ts";
import { itemsAt, openN8nStage, type N8nStage } from "./n8n-stage.ts";

// The README's examples, imported as people import them, with nothing changed but the credential.

const folder = fileURLToPath(
  new URL("../../../packages/n8n-nodes-sayso/workflows", import.meta.url),
);
const pictures = fileURLToPath(new URL("../../../packages/n8n-nodes-sayso/docs", import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith(".json"));

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage.close());

interface Workflow {
  id: string;
  nodes: WorkflowNode[];
  [other: string]: unknown;
}

/** Imports an example and chooses the credential in each of its Sayso nodes. */
async function importExample(name: string): Promise<string> {
  const file = path.join(folder, name);
  await stage.n8n.command("import:workflow", `--input=${file}`);
  const { id } = JSON.parse(readFileSync(file, "utf8")) as Workflow;
  const workflow = await stage.n8n.rest<Workflow>("GET", `/workflows/${id}`);
  for (const node of workflow.nodes)
    if (node.type.startsWith("n8n-nodes-sayso.")) node.credentials = { saysoApi: stage.credential };
  await stage.n8n.rest("PATCH", `/workflows/${id}`, workflow);
  return id;
}

test("approval before a payment: only a yes comes to the payment", async () => {
  const workflowId = await importExample("approval-before-a-payment.json");
  const { executionId, requests } = await stage.sleep(workflowId);
  expect(requests).toMatchObject([
    { title: "Pay 1290 EUR to Harbour Paper", action_type: "payment", metadata: { amount: 1290 } },
  ]);
  const page = process.env.SAYSO_PICTURES ? await openExecution(workflowId, executionId) : null;
  if (page) await takePicture(page, "waiting.png");
  await stage.alice.api.approve(requests[0]!.id, "Checked the invoice");
  const done = await stage.n8n.executionIn(executionId, ["success", "error"]);
  expect(itemsAt(done, "Pay")).toHaveLength(1);
  expect(itemsAt(done, "Tell whoever asked")).toHaveLength(0);
  if (page) {
    await page.reload();
    await takePicture(page, "approved.png");
    await page.context().browser()?.close();
  }
});

test("decision log: every decision becomes a row", async () => {
  const workflowId = await importExample("decision-log.json");
  await stage.n8n.activate(workflowId);
  const list = () => stage.machine.api.call<{ data: unknown[] }>("GET", "/api/v1/subscriptions");
  await until(async () => (await list()).body.data.length > 0, "the subscription is there");
  const { body } = await stage.machine.api.create({ title: "Close the bridge" });
  await stage.alice.api.reject(body.id, "Rush hour");
  await until(
    async () => (await stage.n8n.executionsOf(workflowId)).some((e) => e.status === "success"),
    "a row was written",
    20_000,
  );
  const [{ id } = { id: "" }] = await stage.n8n.executionsOf(workflowId);
  expect(itemsAt(await stage.n8n.execution(id), "Row")[0]?.json).toMatchObject({
    title: "Close the bridge",
    status: "rejected",
    decided_by: "Alice Approver",
    comment: "Rush hour",
  });
});

test.each(examples)("%s imports with all its nodes known", async (name) => {
  const workflowId = await importExample(name);
  const { nodes } = await stage.n8n.rest<Workflow>("GET", `/workflows/${workflowId}`);
  const response = await fetch(`${stage.n8n.url}/types/nodes.json`, {
    headers: {
      cookie: stage.n8n
        .cookies()
        .map(({ name, value }) => `${name}=${value}`)
        .join("; "),
    },
  });
  const known = ((await response.json()) as { name: string }[]).map((type) => type.name);
  expect(known).toEqual(expect.arrayContaining(nodes.map(({ type }) => type)));
});

async function openExecution(workflowId: string, executionId: string): Promise<Page> {
  const browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 760 } });
  await context.addCookies(stage.n8n.cookies());
  const page = await context.newPage();
  await page.goto(`${stage.n8n.url}/workflow/${workflowId}/executions/${executionId}`);
  return page;
}

async function takePicture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  // The canvas moves itself into place.
  await page.waitForTimeout(6000);
  await page.screenshot({ path: path.join(pictures, name) });
}
