import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createOrganization,
  openStage,
  startReceiver,
  until,
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

let stage: Stage;
let hanging: Server;
let receiver: Receiver;
const open = new Set<Socket>();
/** The number of attempts at hanging hosts that have ended. */
let ended = 0;

beforeAll(async () => {
  hanging = createServer((socket) => {
    open.add(socket);
    socket
      .on("error", () => undefined)
      .once("close", () => {
        open.delete(socket);
        ended++;
      });
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

/** For each of so many callbacks: the number of attempts at hanging hosts that ended while it was on its way. */
async function measure(machine: TestConnection): Promise<number[]> {
  const counts: number[] = [];
  for (let i = 0; i < MEASURED; i++) {
    const { body } = await machine.api.create({ callback_url: receiver.url });
    const before = ended;
    await machine.api.cancel(body.id);
    await receiver.waitFor(({ json }) => json.id === body.id);
    counts.push(ended - before);
  }
  return counts;
}

test("hosts that hang under one key delay the callbacks of nobody else", async () => {
  const attacker = await stage.organization.addConnection({ name: "attacker" });
  const stranger = await (
    await createOrganization(stage.services, stage.server)
  ).addConnection({ name: "of another organization" });
  const attack = await hang(attacker);
  await until(() => open.size > 0, "a host hangs");
  let [others, neighbours]: number[][] = [[], []];
  try {
    [others, neighbours] = [await measure(stranger), await measure(stage.machine)];
  } finally {
    await attack.stop();
  }
  expect(open.size).toBeGreaterThan(0);
  // A callback behind the attacker's would wait until the attempts at all hosts before it have ended.
  for (const counts of [others, neighbours]) {
    expect(counts.filter((count) => count < HOSTS / 2)).toHaveLength(MEASURED);
    expect(counts).toContain(0);
  }
});
