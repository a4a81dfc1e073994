import { createServer, type Server, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import {
  createOrganization,
  openStage,
  startReceiver,
  type Receiver,
  type Stage,
  type TestConnection,
} from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

// One key asks for callbacks to hosts that accept the connection and never answer, each under a different address.
// SAYSO_ATTACK_HOSTS=1500 runs the full test, with two processes that deliver.

const HOSTS = Number(process.env.SAYSO_ATTACK_HOSTS ?? 400);
const PROCESSES = HOSTS > 1000 ? 2 : 1;
/** The number of callbacks of other connections that are measured, one after the other, while the hosts hang. */
const MEASURED = 100;
const P99_MS_MAX = 1000;

let stage: Stage;
let hanging: Server;
let receiver: Receiver;
const open = new Set<Socket>();

beforeAll(async () => {
  hanging = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined).once("close", () => open.delete(socket));
  }).listen(0, "0.0.0.0");
  receiver = await startReceiver();
  stage = await openStage({ replicas: PROCESSES, env: { LOG_LEVEL: "warn" } });
});
afterAll(async () => {
  await stage.close();
  for (const socket of open) socket.destroy();
  hanging.close();
  await receiver.stop();
});

const address = (host: number): string => {
  const { port } = hanging.address() as { port: number };
  return `http://127.1.${Math.floor(host / 250)}.${1 + (host % 250)}:${port}/hook`;
};

/** Makes a callback of this connection due at once: the connection cancels its own request. */
async function callBack({ api }: TestConnection, url: string): Promise<string> {
  const { body } = await api.create({ callback_url: url });
  expect((await api.cancel(body.id)).status).toBe(200);
  return body.id;
}

/** Makes all hanging callbacks due at once, and again every second. */
async function hang(machine: TestConnection): Promise<{ stop: () => Promise<void> }> {
  let host = 0;
  const one = async () => {
    while (host < HOSTS) await callBack(machine, address(host++));
  };
  await Promise.all(Array.from({ length: 16 }, one));
  const again = () =>
    stage.services.sql(
      `update deliveries set next_attempt_at = now(), attempts = 0
       where connection_id = $1 and status = 'pending'
         and (attempts = 0 or next_attempt_at > now() + interval '31 seconds' or last_error is not null)`,
      [machine.id],
    );
  await again();
  let isOver = false;
  const goesOn = (async () => {
    for (; !isOver; await sleep(1000)) await again();
  })();
  const stop = () => {
    isOver = true;
    return goesOn;
  };
  return { stop };
}

/** Milliseconds from before the cancellation to the callback's arrival, sorted. */
async function measure(machine: TestConnection): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < MEASURED; i++) {
    const { body } = await machine.api.create({ callback_url: receiver.url });
    const from = performance.now();
    await machine.api.cancel(body.id);
    const { at } = await receiver.waitFor(({ json }) => json.id === body.id, 60_000);
    took.push(at - from);
  }
  return took.sort((a, b) => a - b);
}

const p99 = (sorted: number[]): number => must(sorted[Math.ceil(sorted.length * 0.99) - 1]);

test("hosts that hang under one key delay the callbacks of nobody else", async () => {
  const attacker = await stage.organization.addConnection({ name: "attacker" });
  const stranger = await (
    await createOrganization(stage.services, stage.server)
  ).addConnection({ name: "of another organization" });
  const attack = await hang(attacker);
  await sleep(1000);
  let [others, neighbours]: number[][] = [[], []];
  try {
    [others, neighbours] = [await measure(stranger), await measure(stage.machine)];
  } finally {
    await attack.stop();
  }
  console.log(
    `${HOSTS} hosts hang, ${open.size} at this moment. Decision to callback, p50 / p99: ` +
      `another organization ${must(others[50]).toFixed(1)} / ${p99(others).toFixed(1)} ms, ` +
      `another connection ${must(neighbours[50]).toFixed(1)} / ${p99(neighbours).toFixed(1)} ms`,
  );
  expect(open.size).toBeGreaterThan(0);
  expect(p99(others)).toBeLessThan(P99_MS_MAX);
  expect(p99(neighbours)).toBeLessThan(P99_MS_MAX);
});
