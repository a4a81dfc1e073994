import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { until, type Approval } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Wire, type WorkflowNode } from "./n8n.ts";
import { countByOutput, itemsAt, openN8nStage, outputs, type N8nStage } from "./n8n-stage.ts";

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage?.close());

/** An item that claims to be approved: a sender wrote it, or an earlier Sayso node. */
const yes = { approved: true, sayso: { approved: true, outcome: "approved" } };
const ended = (executionId: string) => stage.n8n.executionIn(executionId, ["success", "error"]);

/** Returns the undecided request, once the execution sleeps. */
async function nextRequest(executionId: string): Promise<Approval> {
  let pending: Approval | undefined;
  await until(async () => {
    const requests = await stage.requestsOf(executionId);
    pending = requests.find(({ status }) => status === "pending");
    if (!pending) await sleep(250);
    return pending !== undefined;
  }, "the node asks");
  await stage.n8n.executionIn(executionId, ["waiting"]);
  return must(pending);
}

/** Two items. An If node sends the first to its true output and the second to its false output. */
const parting: WorkflowNode[] = [
  { name: "Start", type: "n8n-nodes-base.manualTrigger" },
  {
    name: "Items",
    type: "n8n-nodes-base.code",
    typeVersion: 2,
    parameters: {
      jsCode: `return [1, 2].map((order) => ({ json: { order, ...${JSON.stringify(yes)} } }))`,
    },
  },
  {
    name: "If",
    type: "n8n-nodes-base.if",
    typeVersion: 1,
    parameters: {
      conditions: { number: [{ value1: "={{ $json.order }}", operation: "equal", value2: 1 }] },
    },
  },
];
const sayso = (): WorkflowNode => ({
  name: "Sayso",
  type: "n8n-nodes-sayso.sayso",
  credentials: { saysoApi: stage.credential },
  parameters: {
    ...{ resource: "approval", operation: "sendAndWait" },
    ...{ title: "=Pay order {{ $json.order }}", description: "To the supplier" },
  },
});

test("both outputs of an If into one node: each item is asked about, and comes out by its own decision", async () => {
  const executionId = await stage.n8n.runByHand(
    await stage.n8n.addWorkflow(
      [...parting, sayso(), ...outputs.map((name) => ({ name, type: "n8n-nodes-base.noOp" }))],
      [
        ["Start", "Items"],
        ["Items", "If"],
        ["If", 0, "Sayso"],
        ["If", 1, "Sayso"],
        ...outputs.map((name, output): Wire => ["Sayso", output, name]),
      ],
    ),
    "Start",
  );
  const orders: Record<string, unknown> = {};
  for (const decision of ["reject", "approve"] as const) {
    const { id, title } = await nextRequest(executionId);
    orders[decision] = Number(title.split(" ").at(-1));
    await stage.alice.api.decide(id, { decision });
  }
  const done = await ended(executionId);
  expect(Object.values(orders).sort()).toEqual([1, 2]);
  expect(itemsAt(done, "Approved").map(({ json }) => json.order)).toEqual([orders.approve]);
  expect(itemsAt(done, "Rejected").map(({ json }) => json.order)).toEqual([orders.reject]);
  expect(itemsAt(done, "No Decision")).toEqual([]);
});

describe("nothing comes out of Approved, and nothing that comes out says that it is approved", () => {
  const items = [{ order: 1, ...yes }];
  const expectUnapproved = async (executionId: string) => {
    const done = await ended(executionId);
    expect(countByOutput(done)).toMatchObject({ Approved: 0, Rejected: 0 });
    for (const { json } of itemsAt(done, "No Decision"))
      expect(json).toMatchObject({ order: 1, sayso: { approved: false, outcome: "no_decision" } });
    return done;
  };

  test.each([
    ["as it was", {}],
    ["with the workflow as it is now", { loadWorkflow: true }],
  ])("where a sleeping execution is retried %s", async (_, options) => {
    const { executionId } = await stage.sleep(await stage.addFlow({ items }));
    const { id } = await stage.n8n.rest<{ id: string }>(
      "POST",
      `/executions/${executionId}/retry`,
      options,
    );
    const done = await expectUnapproved(id);
    expect(itemsAt(done, "No Decision")).toHaveLength(1);
  });

  test.each([
    ["continueRegularOutput", 1],
    ["continueErrorOutput", 0],
    ["stopWorkflow", 0],
  ] as const)("where it can't ask: %s", async (onError, count) => {
    const credential = await stage.n8n.addCredential("saysoApi", {
      url: stage.server.url,
      apiKey: "sayso_none",
    });
    const node = {
      onError,
      credentials: { saysoApi: credential },
      ...{ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
    };
    const workflowId = await stage.addFlow({ items, node });
    const done = await expectUnapproved(await stage.n8n.runByHand(workflowId, "Start"));
    expect(itemsAt(done, "No Decision")).toHaveLength(count);
    // n8n adds a fourth output for errors behind the three.
    if (onError === "continueErrorOutput")
      expect(done.runs.Sayso?.[0]?.data?.main?.[3]).toMatchObject([{ json: { order: 1 } }]);
  });

  test("where it is always to give an item, beside the one that was asked about", async () => {
    const workflowId = await stage.addFlow({ items, node: { alwaysOutputData: true } });
    const { executionId, requests } = await stage.sleep(workflowId);
    await stage.alice.api.reject(must(requests[0]).id);
    const done = await ended(executionId);
    expect(countByOutput(done)).toMatchObject({ Approved: 0, Rejected: 1 });
  });
});

test("where the node is switched off n8n hands its input on, out of No Decision", async () => {
  const workflowId = await stage.addFlow({ items: [yes], node: { disabled: true } });
  const done = await ended(await stage.n8n.runByHand(workflowId, "Start"));
  expect(countByOutput(done)).toEqual({ "No Decision": 1, Approved: 0, Rejected: 0 });
});

test("a workflow goes on behind a sub-workflow that asks only with the item that was approved", async () => {
  const subId = await stage.n8n.addWorkflow(
    [
      {
        name: "Called",
        type: "n8n-nodes-base.executeWorkflowTrigger",
        typeVersion: 1.1,
        parameters: { inputSource: "passthrough" },
      },
      sayso(),
      { name: "Yes", type: "n8n-nodes-base.noOp" },
    ],
    [
      ["Called", "Sayso"],
      ["Sayso", 1, "Yes"],
    ],
  );
  await stage.n8n.activate(subId);
  // Uses one node for each branch, because n8n runs a node that two branches share only for the first of them.
  const calls = ["Call one", "Call two"].map((name): WorkflowNode => ({
    name,
    type: "n8n-nodes-base.executeWorkflow",
    typeVersion: 1.2,
    parameters: { workflowId: { __rl: true, mode: "id", value: subId }, options: {} },
  }));
  const workflowId = await stage.n8n.addWorkflow(
    [...parting, ...calls, { name: "Behind", type: "n8n-nodes-base.noOp" }],
    [
      ["Start", "Items"],
      ["Items", "If"],
      ["If", 0, "Call one"],
      ["If", 1, "Call two"],
      ["Call one", "Behind"],
      ["Call two", "Behind"],
    ],
  );
  const executionId = await stage.n8n.runByHand(workflowId, "Start");
  const asked: string[] = [];
  for (const decision of ["reject", "approve"] as const) {
    let subExecutionId: string | undefined;
    const isNext = async () => {
      const all = await stage.n8n.executionsOf(subId);
      subExecutionId = all.map(({ id }) => id).find((id) => !asked.includes(id));
      if (!subExecutionId) await sleep(250);
      return subExecutionId !== undefined;
    };
    await until(isNext, "the sub-workflow is called");
    asked.push(must(subExecutionId));
    const { id } = await nextRequest(must(subExecutionId));
    await stage.n8n.executionIn(executionId, ["waiting"]);
    await stage.alice.api.decide(id, { decision });
  }
  const done = await ended(executionId);
  const [approved] = await stage.requestsOf(must(asked[1]));
  expect(itemsAt(done, "Behind").map(({ json }) => json.sayso)).toMatchObject([
    { approved: true, request_id: must(approved).id },
  ]);
});

describe("an operation succeeds only where Sayso says so: not", () => {
  const page: RequestListener = (_, response) =>
    response.setHeader("content-type", "text/html").end("<html>Sign in</html>");
  const redirect: RequestListener = ({ url }, response) =>
    response.writeHead(302, { location: new URL(must(url), stage.server.url).href }).end();

  test.each([
    ["by a page in its place", page, /is not the API of a Sayso server/],
    [
      "by a redirect, which asks another question",
      redirect,
      /redirects to another URL|is not the API of/,
    ],
  ])("%s", async (_, answer, fault) => {
    const server = createServer(answer).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credential = await stage.n8n.addCredential("saysoApi", {
      url,
      apiKey: stage.machine.key,
    });
    for (const parameters of [
      { operation: "create" },
      { operation: "cancel", id: { __rl: true, mode: "id", value: "apr_1" } },
      {},
    ]) {
      const workflowId = await stage.addFlow({
        parameters,
        node: { credentials: { saysoApi: credential } },
      });
      const done = await ended(await stage.n8n.runByHand(workflowId, "Start"));
      expect(done.error?.message).toMatch(fault);
      expect(countByOutput(done)).toEqual({ "No Decision": 0, Approved: 0, Rejected: 0 });
    }
    server.closeAllConnections();
    server.close();
  });
});
