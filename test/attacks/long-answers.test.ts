import { on, once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { must } from "@sayso/must";
import { api, createOrganization, openStage, until, type Api, type Stage } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LookOn, Seen } from "./look-on.worker.ts";

// Requests of nearly a megabyte each, lists of them, and callers who don't read the answers. SAYSO_ATTACK_SOCKETS=72
// runs the full test.

const SOCKETS = Number(process.env.SAYSO_ATTACK_SOCKETS ?? 24);
const REQUESTS = SOCKETS >= 72 ? 100 : 30;
const AT_ONCE = 12;
const MEMORY_MB_MAX = 600;
/**
 * The largest page: 2 MB of metadata, the short fields of each item, and one more item, because the next page can begin
 * at any item.
 */
const PAGE_BYTES_MAX = 4_000_000;

let stage: Stage;
let strangerKey: string;
const ids: string[] = [];
const metadata = { text: "x".repeat(492_000), more: "ü".repeat(246_000) };

beforeAll(async () => {
  // The released server runs in production mode. Only tests check each answer against its schema.
  stage = await openStage({ env: { LOG_LEVEL: "warn", NODE_ENV: "production" } });
  const other = await createOrganization(stage.services, stage.server);
  strangerKey = (await other.addConnection({ name: "of another organization" })).key;
  for (let i = 0; i < REQUESTS; i++) {
    const { status, body } = await stage.machine.api.create({ metadata });
    expect(status).toBe(201);
    ids.push(body.id);
  }
});
afterAll(() => stage.close());

/**
 * Looks on during an attack: the highest memory use, and how often others were answered while the attack's own calls waited.
 *
 * @param attack gets a promise that resolves when others were answered for the first time
 */
async function watch(attack: (othersAreAnswered: Promise<unknown>) => Promise<void>) {
  const { url, pid } = stage.server;
  const workerData: LookOn = { url, pid, strangerKey };
  const onlooker = new Worker(new URL("look-on.worker.ts", import.meta.url), { workerData });
  await once(onlooker, "online");
  const messages = on(onlooker, "message");
  await attack(once(onlooker, "message"));
  onlooker.postMessage("it is over");
  let seen: Seen | undefined;
  for await (const [message] of messages)
    if (message !== "first") {
      seen = message as Seen;
      break;
    }
  return { ...must(seen), memoryMb: Math.round(must(seen).memoryMb) };
}

/** The local ports of the callers whose connections the server still holds. */
async function heldPorts(serverPort: number): Promise<Set<number>> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const portOf = (address: string) => parseInt(must(address.split(":").at(-1)), 16);
  const ESTABLISHED = "01";
  return new Set(
    tables
      .flatMap((table) => table.trim().split("\n").slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => portOf(must(local)) === serverPort && state === ESTABLISHED)
      .map(([, , remote]) => portOf(must(remote))),
  );
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

test("a page of a list has a bound, says what it lacks, and each request is whole by itself", async () => {
  const { machine, alice } = stage;
  for (const list of [
    () => machine.api.list({ page_size: 100 }),
    () => machine.api.list({ page_size: 100, source: "api" }),
    () => machine.api.list({ page_size: 100, search: "deploy or request or test" }),
    () => alice.api.call("GET", "/api/v1/inbox", { query: { page_size: 100 } }),
  ]) {
    const { status, body } = (await list()) as Awaited<ReturnType<Api["list"]>>;
    expect(status).toBe(200);
    expect(bytesOf(body)).toBeLessThan(PAGE_BYTES_MAX);
    for (const item of body.data)
      expect([item.metadata, item.truncated]).toEqual(
        item.truncated ? [null, ["metadata"]] : [metadata, undefined],
      );
    if (body.data.length > 3) expect(body.warnings).toMatchObject([{ field: "data" }]);
  }
  const { body } = await machine.api.list({ page_size: 100 });
  expect(body.data).toHaveLength(REQUESTS);
  expect(body.data.filter(({ truncated }) => truncated)).toHaveLength(REQUESTS - 2);
  expect((await machine.api.get(must(body.data.at(-1)).id)).body.metadata).toEqual(metadata);
});

test("short metadata is never left out", async () => {
  const { body: made } = await stage.machine.api.create({ metadata: { version: "2.4.0" } });
  ids.push(made.id);
  const { data } = (await stage.machine.api.list({ page_size: 100 })).body;
  expect(data[0]).toMatchObject({ id: made.id, metadata: { version: "2.4.0" } });
  expect(must(data.at(-1)).truncated).toEqual(["metadata"]);
});

test("pages of events are shorter where events are long, and together they are all of them", async () => {
  type Page = { data: { id: string; type: string }[]; next_cursor: string; has_more: boolean };
  const seen: string[] = [];
  for (let after = "earliest"; ;) {
    const query = { after, limit: 100, types: "approval.created" };
    const { body } = await stage.machine.api.call<Page>("GET", "/api/v1/events", { query });
    // The server reads one part before it knows the length of the events.
    expect(bytesOf(body)).toBeLessThan(12_000_000);
    seen.push(...body.data.map(({ id }) => id));
    after = body.next_cursor;
    if (!body.has_more) break;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(ids.length);
});

test("many lists at once, and who doesn't read them, hold up nobody and little memory", async () => {
  const sockets: Socket[] = [];
  const { host } = new URL(stage.server.url);
  const [name, port] = host.split(":");
  const ask = (path: string): Socket => {
    const socket = connect({ host: must(name), port: Number(port) }).pause();
    socket.on("error", () => undefined);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${stage.machine.key}\r\n\r\n`,
    );
    sockets.push(socket);
    return socket;
  };
  try {
    const attack = async (othersAreAnswered: Promise<unknown>) => {
      for (let i = 0; i < SOCKETS; i++)
        ask(
          must(
            [
              "/api/v1/approvals?page_size=100",
              `/api/v1/approvals/${must(ids[i % REQUESTS])}`,
              "/api/v1/events?after=earliest&limit=100",
              "/api/v1/events/stream?after=earliest",
            ][i % 4],
          ),
        );
      const many = Array.from({ length: AT_ONCE }, () =>
        stage.alice.api.list({ page_size: 100 }).then(({ status }) => status),
      );
      for (const status of await Promise.all(many)) expect([200, 503]).toContain(status);
      // The callers who don't read are still there.
      await othersAreAnswered;
    };
    const seen = await watch(attack);
    console.log(`${SOCKETS} don't read, ${AT_ONCE} lists at once:`, seen);
    expect(seen.memoryMb).toBeLessThan(MEMORY_MB_MAX);
    expect(seen.answers).toBeGreaterThan(0);
    expect(seen.refusals).toEqual([]);
    // The server cuts off callers who read nothing. A socket that reads nothing doesn't notice, but the system knows.
    const ports = sockets.map(({ localPort }) => must(localPort));
    const isCutOff = async () => {
      const held = await heldPorts(Number(port));
      return ports.some((own) => !held.has(own));
    };
    await until(isCutOff, "a caller who reads nothing is cut off");
    // The memory that they held is free again.
    const isServed = async () => (await stage.machine.api.list({ page_size: 100 })).status === 200;
    await until(isServed, "the attacker's credential gets its lists again");
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test("many long bodies at once are taken one after the other, or refused with when to come again", async () => {
  const key = (await stage.organization.addConnection({ name: "long bodies" })).key;
  const machine = api(stage.server.url, key);
  const attack = async () => {
    const made = Array.from({ length: SOCKETS * 2 }, () => machine.create({ metadata }));
    for (const { status, headers } of await Promise.all(made)) {
      expect([201, 503]).toContain(status);
      if (status === 503) expect(headers.get("retry-after")).toBe("1");
    }
  };
  const seen = await watch(attack);
  console.log(`${SOCKETS * 2} long bodies at once:`, seen);
  expect(seen.memoryMb).toBeLessThan(MEMORY_MB_MAX);
  expect(seen.answers).toBeGreaterThan(0);
  expect(seen.refusals).toEqual([]);
});
