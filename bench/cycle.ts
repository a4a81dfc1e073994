import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  buildServer,
  createOrganization,
  openServices,
  openTestCluster,
  startReceiver,
  startServer,
  type Receiver,
  type TestConnection,
  type TestOrganization,
  type TestServer,
} from "@sayso/testkit";
import { createHttpClient } from "./http-client.ts";
import { percentile, printTable, repeat } from "./measure.ts";
import { openStraightSql } from "./straight-sql.ts";

/** How long each figure is measured; SAYSO_BENCH_SECONDS, default 5. */
const seconds = Number(process.env.SAYSO_BENCH_SECONDS ?? 5);
const production = { NODE_ENV: "production", LOG_LEVEL: "warn" };

const body = (callbackUrl?: string) => ({
  title: "Deploy v2.4.0 to production",
  description: "Release includes database migration",
  priority: "high",
  ...(callbackUrl !== undefined && { callback_url: callbackUrl }),
});

/** Connections enough that the largest rate limit an hour isn't reached. */
async function connect(organization: TestOrganization, count: number): Promise<TestConnection[]> {
  return Promise.all(
    Array.from({ length: count }, () => organization.addConnection({ canDecide: true })),
  );
}

async function createAndDecide(
  server: { url: string },
  keys: string[],
  concurrency: number,
  callbackUrl?: string,
) {
  const client = createHttpClient(server.url, concurrency);
  const result = await repeat(concurrency, seconds, async (round) => {
    const key = keys[round % keys.length]!;
    const { id } = await client.call<{ id: string }>(
      "POST",
      "/api/v1/approvals",
      key,
      body(callbackUrl),
    );
    await client.call("PATCH", `/api/v1/approvals/${id}`, key, { decision: "approve" });
  });
  client.close();
  return result;
}

/** Create → decide → callback received, so many at once. */
async function fullCycles(
  server: { url: string },
  keys: string[],
  receiver: Receiver,
  concurrency: number,
) {
  const client = createHttpClient(server.url, concurrency);
  const arrived = new Map<string, () => void>();
  receiver.answerWith((received) => {
    arrived.get(String(received.json.id))?.();
    return {};
  });
  const waits: number[] = [];
  const result = await repeat(concurrency, seconds, async (round) => {
    const key = keys[round % keys.length]!;
    const { id } = await client.call<{ id: string }>(
      "POST",
      "/api/v1/approvals",
      key,
      body(receiver.url),
    );
    const callback = new Promise<void>((resolve) => arrived.set(id, resolve));
    await client.call("PATCH", `/api/v1/approvals/${id}`, key, { decision: "approve" });
    const decidedAt = performance.now();
    await callback;
    arrived.delete(id);
    waits.push(performance.now() - decidedAt);
  });
  client.close();
  return {
    ...result,
    callbackP50Ms: percentile(waits, 0.5),
    callbackP99Ms: percentile(waits, 0.99),
  };
}

/** 50 decisions a second to 100 endpoints of which one never answers: decision → callback at the others. */
async function withOneDeadEndpoint(server: { url: string }, keys: string[], receiver: Receiver) {
  const client = createHttpClient(server.url, 32);
  const dead = await startReceiver();
  dead.answerWith({ fault: "hang" });
  const arrivedAt = new Map<string, number>();
  receiver.answerWith((received) => {
    arrivedAt.set(String(received.json.id), performance.now());
    return {};
  });
  const decidedAt = new Map<string, number>();
  const total = 50 * seconds * 2;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: total }, async (_, i) => {
      await sleep(Math.max(0, startedAt + i * 20 - performance.now()));
      const key = keys[i % keys.length]!;
      const isDead = i % 100 === 0;
      const { id } = await client.call<{ id: string }>(
        "POST",
        "/api/v1/approvals",
        key,
        body(isDead ? dead.url : `${receiver.url}/${i % 100}`),
      );
      await client.call("PATCH", `/api/v1/approvals/${id}`, key, { decision: "approve" });
      if (!isDead) decidedAt.set(id, performance.now());
    }),
  );
  const deadline = performance.now() + 20_000;
  while ([...decidedAt.keys()].some((id) => !arrivedAt.has(id)) && performance.now() < deadline)
    await sleep(50);
  const waits = [...decidedAt].map(
    ([id, at]) => (arrivedAt.get(id) ?? Number.POSITIVE_INFINITY) - at,
  );
  client.close();
  await dead.stop();
  return { p50Ms: percentile(waits, 0.5), p99Ms: percentile(waits, 0.99) };
}

/** Resident memory of a process in MB. */
function memoryOf(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kb) / 1024;
}

/** CPU time of a process so far, in microseconds. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function run(server: TestServer, receiver: Receiver): Promise<void> {
  const services = openServices(server);
  const organization = await createOrganization(services, server);
  console.error("Connecting 100 machines …");
  const connections = await connect(organization, 100);
  const keys = connections.map((connection) => connection.key);
  const idleMb = memoryOf(server.pid);

  console.error("Create and decide over HTTP beside the same SQL …");
  const cycles = [];
  for (const concurrency of [1, 8, 32]) {
    const straight = openStraightSql({
      databaseUrl: server.databaseUrl,
      organizationId: organization.id,
      connectionId: connections[0]!.id,
      personId: organization.owner.id,
      connections: Math.min(concurrency, 32),
    });
    const cpuBefore = cpuOf(server.pid);
    const http = await createAndDecide(server, keys, concurrency);
    const cpuPerPair = (cpuOf(server.pid) - cpuBefore) / (http.perSecond * seconds * 1.1);
    const functions = await repeat(concurrency, seconds, () => straight.pairByFunctions());
    const statements = await repeat(concurrency, seconds, () => straight.pairByStatements());
    await straight.close();
    // Those pairs' callbacks lead nowhere: they are not part of what follows.
    await services.sql(
      "update deliveries set status = 'gone' where url = 'http://127.0.0.1:9/none'",
    );
    cycles.push([
      concurrency,
      http.perSecond,
      functions.perSecond,
      statements.perSecond,
      http.perSecond / functions.perSecond,
      http.perSecond / statements.perSecond,
      http.p50Ms,
      http.p99Ms,
      cpuPerPair,
    ]);
  }
  printTable(
    [
      "at once",
      "pairs/s over HTTP",
      "same functions by pg",
      "several statements by pg",
      "÷ functions",
      "÷ statements",
      "p50 ms",
      "p99 ms",
      "server CPU µs/pair",
    ],
    cycles,
  );

  console.error("Decision → callback …");
  const idle = await fullCycles(server, keys, receiver, 1);
  const busy = await fullCycles(server, keys, receiver, 32);
  const dead = await withOneDeadEndpoint(server, keys, receiver);
  printTable(
    ["decision → callback received", "p50 ms", "p99 ms", "full cycles/s"],
    [
      ["one at a time", idle.callbackP50Ms, idle.callbackP99Ms, idle.perSecond],
      ["32 at once", busy.callbackP50Ms, busy.callbackP99Ms, busy.perSecond],
      ["50 decisions/s, one dead endpoint of 100", dead.p50Ms, dead.p99Ms, 50],
    ],
  );

  console.error("One organization beside a hundred …");
  const spread = [];
  for (let i = 0; i < 100; i++) {
    const other = await createOrganization(services, server);
    spread.push(await other.addConnection({ canDecide: true }));
  }
  const hundred = await createAndDecide(
    server,
    spread.map((c) => c.key),
    32,
  );
  const one = await createAndDecide(server, keys, 32);
  console.error("Two processes beside one …");
  const second = await startServer({ database: server.database, env: production });
  const halves = await Promise.all(
    [server, second].map((replica) => createAndDecide(replica, keys, 16)),
  );
  const both = halves.reduce((sum, half) => sum + half.perSecond, 0);
  await second.stop();
  printTable(
    ["32 at once", "pairs/s", "ratio"],
    [
      ["one organization", one.perSecond, one.perSecond / hundred.perSecond],
      ["100 organizations", hundred.perSecond, 1],
      ["two server processes", both, both / one.perSecond],
    ],
  );
  printTable(
    ["memory of the server process", "MB"],
    [
      ["idle", idleMb],
      ["after this run", memoryOf(server.pid)],
    ],
  );
  await services.close();
}

await buildServer();
const cluster = await openTestCluster();
const receiver = await startReceiver();
try {
  const server = await startServer({ env: production });
  console.log(
    `Node ${process.version}, ${seconds} s per figure, fsync and synchronous commit on, one run.\n`,
  );
  await run(server, receiver).finally(() => server.stop());
} finally {
  await receiver.stop();
  await cluster.close();
}
