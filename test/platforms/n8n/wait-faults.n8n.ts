import { randomUUID } from "node:crypto";
import { createServer, request as forward, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { must } from "@sayso/must";
import { startServer, until, type TestServer } from "@sayso/testkit";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countByOutput, itemsAt, openN8nStage, type N8nStage } from "./n8n-stage.ts";

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage.close());

const finished = (executionId: string) => stage.n8n.executionIn(executionId, ["success", "error"]);

/** Creates a message in the form of Sayso's callbacks, with content that n8n should not believe. */
function callback(body: Record<string, unknown>, secret: string): RequestInit {
  const text = JSON.stringify(body);
  const [id, now] = [randomUUID(), new Date()];
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, now, text),
  };
  return { method: "POST", headers, body: text };
}

describe("what comes to the address of a sleeping execution", () => {
  test("wakes nothing unless Sayso signed it and Sayso itself says that it is decided", async () => {
    const { executionId, requests } = await stage.sleep(await stage.addFlow({}));
    const { id, callback_url } = must(requests[0]);
    const url = must(callback_url);
    const body = { id, request_id: id, status: "approved" };
    const genuine = callback(body, stage.machine.webhookSecret);
    const statusOf = async (to: string, init: RequestInit) => (await fetch(to, init)).status;

    expect(await statusOf(url, { ...genuine, headers: {} })).toBe(401);
    expect(await statusOf(url, callback(body, `whsec_${"A".repeat(32)}`))).toBe(401);
    expect(await statusOf(url.replace(/signature=..../, "signature=0000"), genuine)).toBe(401);
    // The signature is valid, but nobody has decided.
    expect(await statusOf(url, genuine)).toBe(200);
    expect((await stage.n8n.execution(executionId)).status).toBe("waiting");

    await stage.alice.api.reject(id, "No");
    const done = await finished(executionId);
    expect(countByOutput(done)).toEqual({ "No Decision": 0, Approved: 0, Rejected: 1 });
  });

  test("counts once, however often and at once it comes", async () => {
    const { executionId, requests } = await stage.sleep(await stage.addFlow({}));
    const { id, callback_url } = must(requests[0]);
    const url = must(callback_url);
    const again = () =>
      fetch(url, callback({ id, status: "approved" }, stage.machine.webhookSecret));
    await stage.alice.api.approve(id);
    await Promise.all(Array.from({ length: 10 }, again));
    const done = await finished(executionId);
    await Promise.all(Array.from({ length: 5 }, again));
    const later = await stage.n8n.execution(executionId);
    expect(countByOutput(done)).toEqual({ "No Decision": 0, Approved: 1, Rejected: 0 });
    expect(later.runs.Approved).toHaveLength(1);
  });

  test("is refused while n8n still saves the execution, and counts when it comes again", async () => {
    const items = Array.from({ length: 30 }, (_, order) => ({ order }));
    const workflowId = await stage.addFlow({ items });
    const executionId = await stage.n8n.runByHand(workflowId, "Start");
    const approved = new Set<string>();
    const approveAll = async () => {
      const fresh = (await stage.requestsOf(executionId)).filter(({ id }) => !approved.has(id));
      await Promise.all(fresh.map(({ id }) => stage.alice.api.approve(id)));
      for (const { id } of fresh) approved.add(id);
    };
    await until(async () => {
      await approveAll();
      return approved.size === items.length;
    }, "everything is approved");
    expect(countByOutput(await finished(executionId))).toMatchObject({ Approved: 30 });
    const rows = await stage.services.sql<{ status_code: number }>(
      "select distinct status_code from delivery_attempts",
    );

    // n8n answers 409, or 500 if it has not stored anything yet. Sayso tries again in both cases.
    expect(rows.some((row) => row.status_code >= 400)).toBe(true);
  });
});

test("the emergency stop comes out of No Decision", async () => {
  const { executionId } = await stage.sleep(await stage.addFlow({}));
  const set = (active: boolean) =>
    stage.owner.api.call("POST", "/api/v1/emergency-stop", { body: { active, reason: "Try" } });
  await set(true);
  const done = await finished(executionId);
  await set(false);
  expect(countByOutput(done)).toEqual({ "No Decision": 1, Approved: 0, Rejected: 0 });
  expect(itemsAt(done, "No Decision")[0]?.json.sayso).toMatchObject({ approved: false });
});

test("a node in a loop asks anew each time round", async () => {
  const { n8n, credential } = stage;
  const workflowId = await n8n.addWorkflow(
    [
      { name: "Start", type: "n8n-nodes-base.manualTrigger" },
      {
        name: "Items",
        type: "n8n-nodes-base.code",
        typeVersion: 2,
        parameters: { jsCode: "return [1, 2, 3].map((order) => ({ json: { order } }))" },
      },
      { name: "Loop", type: "n8n-nodes-base.splitInBatches", typeVersion: 3, parameters: {} },
      {
        name: "Sayso",
        type: "n8n-nodes-sayso.sayso",
        credentials: { saysoApi: credential },
        parameters: {
          resource: "approval",
          operation: "sendAndWait",
          title: "=Pay {{ $json.order }}",
          description: "Once round",
        },
      },
      { name: "Done", type: "n8n-nodes-base.noOp" },
    ],
    [
      ["Start", "Items"],
      ["Items", "Loop"],
      ["Loop", 0, "Done"],
      ["Loop", 1, "Sayso"],
      ["Sayso", 1, "Loop"],
    ],
  );
  const executionId = await n8n.runByHand(workflowId, "Start");
  for (let round = 1; round <= 3; round++) {
    const pending = async () =>
      (await stage.requestsOf(executionId)).filter(({ status }) => status === "pending");
    await until(async () => (await pending()).length === 1, `round ${round} asks`);
    await n8n.executionIn(executionId, ["waiting"]);
    await stage.alice.api.approve(must((await pending())[0]).id);
    await until(async () => (await pending()).length !== 1, `round ${round} is over`);
  }
  const done = await finished(executionId);
  expect(itemsAt(done, "Done").map(({ json }) => json.order)).toEqual([1, 2, 3]);
  expect(await stage.requestsOf(executionId)).toHaveLength(3);
});

/** A relay that passes calls on. Its target can change, and an answer to a POST can get lost on the way. */
interface Relay {
  url: string;
  leadTo: (url: string) => void;
  /** Loses the answers to the next `count` POSTs. */
  lose: (count: number) => void;
  close: () => void;
}

async function startRelay(to: string): Promise<Relay> {
  let target = to;
  let toLose = 0;
  const server: Server = createServer((incoming, answer) => {
    const { method, url, headers } = incoming;
    const outgoing = forward(new URL(must(url), target), { method, headers }, (response) => {
      if (method === "POST" && toLose > 0) {
        toLose--;
        response.resume().once("end", () => answer.destroy());
        return;
      }
      answer.writeHead(must(response.statusCode), response.headers);
      response.pipe(answer);
    });
    outgoing.once("error", () => answer.destroy());
    incoming.pipe(outgoing);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (url) => (target = url),
    lose: (count) => (toLose = count),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("an answer of Sayso's that gets lost", () => {
  let relay: Relay;
  let credential: { id: string; name: string };

  beforeAll(async () => {
    relay = await startRelay(stage.server.url);
    credential = await stage.n8n.addCredential("saysoApi", {
      url: relay.url,
      apiKey: stage.machine.key,
    });
  });
  afterAll(() => relay.close());

  const allOf = async (title: string) => {
    const { body } = await stage.owner.api.list({ page_size: 100, search: `"${title}"` });
    return body.data.filter((request) => request.title === title);
  };

  test("costs no second request when the node tries again", async () => {
    relay.lose(1);
    const workflowId = await stage.addFlow({
      parameters: { title: "Retried by the node" },
      node: {
        credentials: { saysoApi: credential },
        retryOnFail: true,
        maxTries: 3,
        waitBetweenTries: 100,
      },
    });
    const { executionId, requests } = await stage.sleep(workflowId);
    expect(await allOf("Retried by the node")).toHaveLength(1);
    await stage.alice.api.approve(must(requests[0]).id);
    expect(countByOutput(await finished(executionId))).toMatchObject({ Approved: 1 });
  });

  test("costs no second request when a person retries the execution", async () => {
    relay.lose(1);
    const workflowId = await stage.addFlow({
      parameters: { title: "Retried by hand" },
      node: { credentials: { saysoApi: credential } },
    });
    const failed = await finished(await stage.n8n.runByHand(workflowId, "Start"));
    expect(failed.status).toBe("error");
    const retrying = stage.n8n.rest<{ id: string }>("POST", `/executions/${failed.id}/retry`, {});
    const [asked] = await allOf("Retried by hand");
    await stage.alice.api.approve(must(asked).id);
    const done = await finished((await retrying).id);
    expect(countByOutput(done)).toMatchObject({ Approved: 1 });
    expect(await allOf("Retried by hand")).toHaveLength(1);
  });
});

describe("Sayso", () => {
  let other: N8nStage;
  let second: TestServer | undefined;
  let relay: Relay;
  let node: { credentials: Record<string, { id: string; name: string }> };

  beforeAll(async () => {
    other = await openN8nStage({ env: { SAYSO_FAILPOINT: "after_commit:1" } });
    relay = await startRelay(other.server.url);
    const { key } = other.machine;
    const credential = await other.n8n.addCredential("saysoApi", { url: relay.url, apiKey: key });
    node = { credentials: { saysoApi: credential } };
  });
  afterAll(async () => {
    relay.close();
    await second?.stop();
    await other.close();
  });

  test("killed after it committed a decision tells it when it is back", async () => {
    const { executionId, requests } = await other.sleep(await other.addFlow({ node }));
    await expect(other.alice.api.approve(must(requests[0]).id)).rejects.toThrow();
    await other.server.exited;
    expect((await other.n8n.execution(executionId)).status).toBe("waiting");
    second = await startServer({ database: other.server.database });
    relay.leadTo(second.url);
    const done = await other.n8n.executionIn(executionId, ["success", "error"]);
    expect(countByOutput(done)).toEqual({ "No Decision": 0, Approved: 1, Rejected: 0 });
  });
});
