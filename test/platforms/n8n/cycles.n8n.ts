import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { until } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countByOutput, itemsAt, openN8nStage, outputs, type N8nStage } from "./n8n-stage.ts";

/** The number of waits that the real n8n goes through: about ten a second if it has a core to itself. */
const CYCLES = Number(process.env.SAYSO_N8N_CYCLES ?? 100);
const AT_ONCE = 20;

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage.close());

test(`${CYCLES} waits each resume exactly once, on the right output`, async () => {
  const { n8n, credential } = stage;
  const workflowId = await n8n.addWorkflow(
    [
      {
        name: "Hook",
        type: "n8n-nodes-base.webhook",
        typeVersion: 2,
        webhookId: crypto.randomUUID(),
        parameters: { httpMethod: "POST", path: "cycle", responseMode: "onReceived" },
      },
      {
        name: "Sayso",
        type: "n8n-nodes-sayso.sayso",
        credentials: { saysoApi: credential },
        parameters: {
          resource: "approval",
          operation: "sendAndWait",
          title: "=Cycle {{ $json.body.cycle }}",
          description: "One of many",
        },
      },
      ...outputs.map((name) => ({ name, type: "n8n-nodes-base.noOp" })),
    ],
    [
      ["Hook", "Sayso"],
      ...outputs.map((name, output) => ["Sayso", output, name] as [string, number, string]),
    ],
  );
  await n8n.activate(workflowId);
  const begin = (cycle: number) =>
    fetch(`${n8n.url}/webhook/cycle`, {
      method: "POST",
      headers: { "content-type": "application/json", connection: "close" },
      body: JSON.stringify({ cycle }),
    });
  await until(async () => (await begin(-1)).ok, "the webhook is registered");

  const wanted = ["Approved", "Rejected", "No Decision"] as const;
  const oneCycle = async (cycle: number) => {
    const response = await begin(cycle);
    expect(response.status).toBe(200);
    let id: string | undefined;
    await until(async () => {
      // Reads the database, because calls of the API would use up its limit.
      const [row] = await stage.services.sql<{ id: string }>(
        "select id from requests where title = $1",
        [`Cycle ${cycle}`],
      );
      id = row?.id;
      return id !== undefined;
    }, `cycle ${cycle} asks`);
    if (cycle % 3 === 0) await stage.alice.api.approve(must(id));
    if (cycle % 3 === 1) await stage.alice.api.reject(must(id), "No");
    if (cycle % 3 === 2) await stage.machine.api.cancel(must(id));
  };
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < CYCLES) await oneCycle(next++);
    }),
  );
  const listEnded = async () => {
    const filter = encodeURIComponent(JSON.stringify({ workflowId, status: ["success"] }));
    const found: string[] = [];
    for (let cursor: string | null | undefined; ;) {
      const after = cursor == null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await n8n.rest<{ results: { id: string }[]; nextCursor?: string | null }>(
        "GET",
        `/executions?filter=${filter}&limit=100${after}`,
      );
      found.push(...page.results.map(({ id }) => id));
      cursor = page.nextCursor;
      if (cursor == null) return found;
    }
  };
  const haveEnded = async () => {
    // Each check takes ten calls or more, and n8n needs its time for other work.
    await sleep(1000);
    return (await listEnded()).length >= CYCLES;
  };
  await until(haveEnded, "all have gone on");
  const seconds = (performance.now() - started) / 1000;
  console.error(`${CYCLES} cycles in ${seconds.toFixed(1)} s: ${(CYCLES / seconds).toFixed(1)}/s`);

  const byCycle = new Map<number, string[]>();
  const ended = await listEnded();
  for (let first = 0; first < ended.length; first += AT_ONCE) {
    const some = await Promise.all(ended.slice(first, first + AT_ONCE).map(n8n.execution));
    for (const execution of some) {
      const { cycle } = (must(itemsAt(execution, "Hook")[0]).json as { body: { cycle: number } })
        .body;
      const counts = countByOutput(execution);
      const cameOut = outputs.flatMap((name) => Array<string>(must(counts[name])).fill(name));
      byCycle.set(cycle, [...(byCycle.get(cycle) ?? []), ...cameOut]);
    }
  }
  for (let cycle = 0; cycle < CYCLES; cycle++)
    expect(byCycle.get(cycle), `cycle ${cycle}`).toEqual([wanted[cycle % 3]]);
});
