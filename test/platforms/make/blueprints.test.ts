import { fileURLToPath } from "node:url";
import { must } from "@sayso/must";
import { make, startReceiver, until, type Receiver } from "@sayso/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openMakeStage, type MakeStage } from "./make-stage.ts";

// The two scenarios that the guide imports: one asks, the other continues after the approval.

const blueprint = (name: string) =>
  make.readBlueprint(
    fileURLToPath(new URL(`../../../packages/make-sayso/blueprints/${name}`, import.meta.url)),
  );

let stage: MakeStage;
let bank: Receiver;
let host: make.HookHost;
let ask: make.Scenario;
let goOn: make.Scenario;
beforeAll(async () => {
  stage = await openMakeStage();
  bank = await startReceiver();
  const { engine, connection } = stage;
  const surroundings = { engine, connection, store: new Map<string, unknown>(), http: bank.url };
  ask = make.createScenario(await blueprint("1-ask-for-a-yes.json"), surroundings);
  goOn = make.createScenario(await blueprint("2-go-on-with-the-yes.json"), surroundings);
  host = await make.openHookHost(engine, "watchDecisions", connection);
});
afterAll(async () => {
  await host.stop();
  await bank.stop();
  await stage.close();
});
beforeEach(() => {
  host.queue.length = 0;
});

async function request(order: string): Promise<string> {
  await ask.run({ order_id: order, amount: "1,250.00 EUR", recipient: "Herring & Sons" });
  const { body } = await stage.owner.api.list({ search: `"Pay order ${order}"` });
  expect(body.data).toHaveLength(1);
  return must(body.data[0]).id;
}

/** Runs the second scenario for each payload in its queue. @returns how far each run came */
async function runQueue(count: number): Promise<number[][]> {
  await until(() => host.queue.length >= count, `${count} payloads`);
  const runs: number[][] = [];
  for (const payload of host.queue.splice(0)) {
    const { connection } = stage;
    for (const bundle of await stage.engine.runInstant("watchDecisions", { connection, payload }))
      runs.push(await goOn.run(bundle));
  }
  return runs;
}

const paid = () => bank.requests.map(({ json }) => json.order_id);

test("a yes pays the order that it was asked for", async () => {
  const id = await request("17");
  await stage.alice.api.approve(id);
  expect(await runQueue(1)).toEqual([[1, 2, 3, 4]]);
  expect(must(bank.requests.at(-1)).json).toEqual({ order_id: "17", amount: "1,250.00 EUR" });
});

test("a no, a withdrawal and a yes to something else pay nothing", async () => {
  const before = paid();
  await stage.alice.api.reject(await request("18"), "Not now");
  const withdrawn = await request("19");
  const { connection } = stage;
  await stage.engine.run("cancelRequest", { connection, parameters: { id: withdrawn } });
  const other = await stage.machine.api.create({ action_type: "deploy" });
  await stage.alice.api.approve(other.body.id);
  expect(await runQueue(3)).toEqual([[1], [1], [1]]);
  expect(paid()).toEqual(before);
});

test("an order that comes in twice is asked for once", async () => {
  const once = await request("20");
  expect(await request("20")).toBe(once);
});

test("a webhook that comes twice pays once, whether its answer was lost or somebody sends it again", async () => {
  const before = paid().length;
  const id = await request("21");
  const arrived = host.received.length;
  host.loseAnswers(true);
  expect((await stage.alice.api.approve(id)).status).toBe(200);
  await until(() => host.received.length > arrived, "the first attempt");
  host.loseAnswers(false);
  const deliveryId = must(host.received.at(-1)).headers["webhook-id"] as string;
  await until(async () => {
    const { body } = await stage.owner.api.deliveries({ request_id: id });
    return body.data.some((one) => one.id === deliveryId && one.status === "delivered");
  }, "another attempt is answered");
  const attempts = host.received.length - arrived;
  expect(attempts).toBeGreaterThanOrEqual(2);
  const webhookIds = host.received.slice(arrived).map(({ headers }) => headers["webhook-id"]);
  expect(new Set(webhookIds).size).toBe(1);
  expect((await stage.owner.api.replay(deliveryId)).status).toBe(200);
  const [first, ...repeats] = await runQueue(attempts + 1);
  expect(first).toEqual([1, 2, 3, 4]);
  expect(repeats).toEqual(Array.from({ length: attempts }, () => [1, 2]));
  expect(paid()).toHaveLength(before + 1);
});
