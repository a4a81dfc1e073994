import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  cancelApproval,
  createApproval,
  createConnection,
  createFirstOrganization,
  createServices,
  decideApproval,
  DomainError,
  getApproval,
  listDeliveries,
  replayDelivery,
  replayFailed,
  rotateWebhookSecret,
  type Context,
  type CreateApprovalInput,
  type CreatedConnection,
  type Services,
} from "@sayso/core";
import { must } from "@sayso/must";
import { verifyWebhook } from "@sayso/signature";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { openDatabase, type OpenDatabase } from "../open-database.ts";
import { createAddressGuard } from "../webhooks/address-guard.ts";
import { createWebhookSender } from "../webhooks/send-webhook.ts";
import { createWorkNotifier, listenForHints } from "./work-hints.ts";
import { startWorker, type Worker } from "./worker.ts";

interface Received {
  at: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const log = pino({ level: "silent" });
let folder: string;
let database: OpenDatabase;
let owner: Context;
let made: CreatedConnection;
let bot: Context;
let receiver: Server;
let received: Received[];
let answer: (request: Received) => number | Promise<number>;
let url: string;
let wakeWorker: () => void = () => undefined;
/** The worker of the process in which people decide; undefined: another process has it. */
let decider: Worker | undefined;
const workers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-worker-"));
  const config = readConfig({ SAYSO_DATA_DIR: join(folder, "data") });
  database = await openDatabase(config, { purpose: "server", log });
  const services = createServices({
    ...database,
    publicUrl: "http://localhost",
    wakeWorker: () => wakeWorker(),
    reserveDelivery: (target) => decider?.reserveDelivery(target) ?? null,
  });
  const { organizationId, personId } = await createFirstOrganization(services);
  owner = {
    services,
    organizationId,
    actor: { kind: "person", personId, role: "owner", via: "session" },
  };
  made = await createConnection(owner, { name: "Bot" });
  bot = {
    ...owner,
    actor: {
      ...made.connection,
      kind: "connection",
      connectionId: made.connection.id,
      keyMadeBy: [],
    },
  };
  receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const one = {
        at: performance.now(),
        path: request.url ?? "",
        headers: request.headers,
        body,
      };
      received.push(one);
      void Promise.resolve(answer(one)).then((status) => response.writeHead(status).end("thanks"));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => receiver.once("listening", resolve));
  url = `http://127.0.0.1:${(receiver.address() as { port: number }).port}`;
});

afterEach(async () => {
  decider = undefined;
  await Promise.all(workers.splice(0).map((stop) => stop()));
});

afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function start(): Worker {
  const sender = createWebhookSender({
    guard: createAddressGuard({ allowedCidrs: ["loopback"] }),
    // No attempt ends before its receiver answers.
    timeoutMs: 600_000,
  });
  const worker = startWorker({ services: owner.services, sender, mailSender: null, log });
  wakeWorker = worker.wake;
  received = [];
  answer = () => 200;
  workers.push(async () => {
    await worker.stop();
    sender.close();
  });
  return worker;
}

async function ask(path: string, more: Partial<CreateApprovalInput> = {}): Promise<string> {
  const input = {
    title: path,
    description: "d",
    priority: "low",
    callbackUrl: `${url}${path}`,
    ...more,
  } as const;
  return (await createApproval(bot, input)).record.id;
}

const approve = (requestId: string) => approveAs(owner, requestId);
const approveAs = (by: Context, requestId: string) =>
  decideApproval(by, {
    requestId,
    stepId: null,
    decision: "approve",
    comment: null,
    source: null,
  });
const at = (path: string): Received[] => received.filter((one) => one.path === path);
const arrived = (path: string, count = 1) =>
  expect.poll(() => at(path), { interval: 5 }).toHaveLength(count);
const deliveryOf = async (requestId: string) =>
  must((await listDeliveries(owner, { requestId }, 1, 10)).deliveries[0]);

describe("a callback", () => {
  test("arrives after the decision, which wakes the worker; once, signed, with the caller's headers, and is recorded", async () => {
    const worker = start();
    let wakeUps = 0;
    wakeWorker = () => {
      wakeUps++;
      worker.wake();
    };
    const id = await ask("/signed", {
      callbackHeaders: { "X-Token": "t", "webhook-id": "forged" },
    });
    expect(wakeUps).toBe(0);
    await approve(id);
    // A worker that is woken begins a round at once: loop.test.ts.
    expect(wakeUps).toBe(1);
    await arrived("/signed");
    const [one] = at("/signed");
    expect(must(one).headers["x-token"]).toBe("t");
    verifyWebhook({
      headers: must(one).headers,
      body: must(one).body,
      secrets: [made.webhookSecret],
      now: new Date(),
    });
    await expect.poll(async () => (await getApproval(owner, id)).callbackDelivered).toBe(true);
    const delivery = await deliveryOf(id);
    expect(delivery).toMatchObject({
      id: must(one).headers["webhook-id"],
      status: "delivered",
      lastStatusCode: 200,
      nextAttemptAt: null,
    });
    expect(delivery.attempts).toMatchObject([
      { attempt: 1, statusCode: 200, error: null, responseBody: "thanks" },
    ]);
    await sleep(600);
    expect(at("/signed")).toHaveLength(1);
  });

  test("is signed with both secrets during a rotation", async () => {
    start();
    const { webhookSecret } = await rotateWebhookSecret(owner, made.connection.id);
    await approve(await ask("/rotated"));
    await arrived("/rotated");
    const { headers, body } = must(at("/rotated")[0]);
    for (const secret of [webhookSecret, made.webhookSecret])
      verifyWebhook({ headers, body, secrets: [secret], now: new Date() });
    expect(String(headers["webhook-signature"]).split(" ")).toHaveLength(2);
  });

  test("that failed comes again after 5 s under the same id, with a new timestamp", async () => {
    start();
    answer = () => (at("/again").length === 1 ? 500 : 204);
    const id = await ask("/again");
    await approve(id);
    await arrived("/again", 2);
    const [first, second] = at("/again");
    expect(must(second).headers["webhook-id"]).toBe(must(first).headers["webhook-id"]);
    expect(Number(must(second).headers["webhook-timestamp"])).toBeGreaterThan(
      Number(must(first).headers["webhook-timestamp"]),
    );
    expect(must(second).at - must(first).at).toBeGreaterThan(3900);
    await expect
      .poll(async () => (await deliveryOf(id)).attempts.map((a) => a.statusCode))
      .toEqual([500, 204]);
  });

  test("is found by the poll where the wake-up is lost", async () => {
    start();
    wakeWorker = () => undefined;
    await approve(await ask("/polled"));
    await arrived("/polled");
  });

  test("is sent by another process's worker, which a notification wakes", async () => {
    start();
    wakeWorker = createWorkNotifier(database);
    // Listens as the worker does, and hears when it wakes.
    let hints = 0;
    const stop = listenForHints(
      owner.services,
      { onWork: () => void hints++, onFeed: () => undefined },
      () => undefined,
    );
    workers.push(() => Promise.resolve(stop()));
    await expect.poll(() => hints).toBe(1);
    await approve(await ask("/hinted"));
    await expect.poll(() => hints).toBeGreaterThan(1);
    await arrived("/hinted");
  });

  test("is sent once however many workers there are", async () => {
    start();
    start();
    start();
    const ids = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(`/many${i}`)));
    await Promise.all(ids.map(approve));
    await expect.poll(() => received.length).toBeGreaterThanOrEqual(200);
    await sleep(300);
    expect(received).toHaveLength(200);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(200);
  });
});

test("a hanging receiver doesn't hold up another", async () => {
  start();
  const released = Promise.withResolvers<number>();
  answer = ({ path }) => (path.startsWith("/hang") ? released.promise : 200);
  const hanging = url.replace("127.0.0.1", "localhost");
  const ids = await Promise.all(
    Array.from({ length: 60 }, (_, i) => ask(`/hang${i}`, { callbackUrl: `${hanging}/hang${i}` })),
  );
  await Promise.all(ids.map(approve));
  await expect.poll(() => received.length).toBeGreaterThan(0);
  for (let i = 0; i < 5; i++) {
    await approve(await ask(`/free${i}`));
    await arrived(`/free${i}`);
  }
  released.resolve(200);
});

describe("a replay", () => {
  test("sends a delivered callback again under its id; it stays delivered, and its log grows", async () => {
    start();
    const id = await ask("/replayed");
    await approve(id);
    await arrived("/replayed");
    await expect.poll(async () => (await deliveryOf(id)).status).toBe("delivered");
    await replayDelivery(bot, (await deliveryOf(id)).id);
    await arrived("/replayed", 2);
    expect(new Set(at("/replayed").map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    await expect
      .poll(async () => (await deliveryOf(id)).attempts)
      .toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
    expect((await deliveryOf(id)).deliveredAt).not.toBeNull();
  });

  test("is refused to strangers as if there were nothing", async () => {
    start();
    const id = await ask("/strange");
    await approve(id);
    const delivery = await deliveryOf(id);
    const other = await createConnection(owner, { name: "Other" });
    const stranger: Context = {
      ...owner,
      actor: {
        ...other.connection,
        kind: "connection",
        connectionId: other.connection.id,
        keyMadeBy: [],
      },
    };
    await expect(replayDelivery(stranger, delivery.id)).rejects.toMatchObject({
      code: "not_found",
    });
    expect((await listDeliveries(stranger, {}, 1, 10)).total).toBe(0);
  });

  test("in bulk sends what had failed for good", async () => {
    start();
    const ids = await Promise.all([ask("/bulk0"), ask("/bulk1")]);
    answer = () => 500;
    await Promise.all(ids.map(approve));
    await expect
      .poll(async () =>
        (await Promise.all(ids.map(deliveryOf))).every(({ attempts }) => attempts.length > 0),
      )
      .toBe(true);
    await database.system.query(
      "update deliveries set status = 'failed' where request_id = any ($1)",
      [ids],
    );
    answer = () => 200;
    const before = [at("/bulk0").length, at("/bulk1").length];
    expect(await replayFailed(owner, new Date(0), 10)).toBe(2);
    await Promise.all(before.map((count, i) => arrived(`/bulk${i}`, count + 1)));
    expect(await replayFailed(owner, new Date(0), 10)).toBe(0);
  });
});

test("a deadline is met though nobody looks, and its callback sent", async () => {
  start();
  const id = await ask("/expired", { expiresAt: new Date(Date.now() + 3_600_000) });
  await database.system.query("update requests set expires_at = now() where id = $1", [id]);
  await arrived("/expired");
  expect(JSON.parse(must(at("/expired")[0]).body)).toMatchObject({ status: "expired", id });
});

test("stopping waits for the attempt under way; what isn't sent by then is left to the next worker", async () => {
  const worker = start();
  const released = Promise.withResolvers<number>();
  answer = ({ path }) => (path === "/slow" ? released.promise : 200);
  const id = await ask("/slow");
  await approve(id);
  await arrived("/slow");
  const stopped = worker.stop();
  const first = await Promise.race([stopped, deliveryOf(id)]);
  expect(first).toMatchObject({ status: "pending" });
  released.resolve(200);
  await stopped;
  expect((await deliveryOf(id)).status).toBe("delivered");
  const later = await ask("/later");
  await cancelApproval(bot, later, null);
  await sleep(700);
  expect(at("/later")).toHaveLength(0);
  start();
  await arrived("/later");
});

describe("a callback that is claimed as it is stored", () => {
  /** The owner's context, with this way to end commits. */
  const committing = (commitTransition: Services["commitTransition"]): Context => ({
    ...owner,
    services: { ...owner.services, commitTransition },
  });

  test("is taken back when the commit's answer is lost: it comes soon, and as the first attempt", async () => {
    decider = start();
    const id = await ask("/lost");
    const lost = committing(async (...given) => {
      await owner.services.commitTransition(...given);
      throw new DomainError("unavailable", "the answer was lost");
    });
    await expect(approveAs(lost, id)).rejects.toThrow("the answer was lost");
    await arrived("/lost");
    await expect
      .poll(() => deliveryOf(id))
      .toMatchObject({ status: "delivered", attempts: [{ attempt: 1, statusCode: 200 }] });
  });

  test("is sent and recorded by a worker that stops, though its commit is still under way", async () => {
    const worker = start();
    decider = worker;
    const id = await ask("/stopping");
    const isStored = Promise.withResolvers<void>();
    const slow = committing(async (...given) => {
      const outcome = await owner.services.commitTransition(...given);
      isStored.resolve();
      await sleep(300);
      return outcome;
    });
    const approved = approveAs(slow, id);
    await isStored.promise;
    await Promise.all([worker.stop(), approved]);
    expect((await deliveryOf(id)).status).toBe("delivered");
    expect(at("/stopping")).toHaveLength(1);
  });

  test("is one that a worker which is stopping leaves to others", async () => {
    const worker = start();
    decider = worker;
    await worker.stop();
    const id = await ask("/left");
    await approve(id);
    expect(await deliveryOf(id)).toMatchObject({ status: "pending", attempts: [] });
    start();
    await arrived("/left");
  });

  test("overtakes nothing that is due at a receiver which can't keep up", async () => {
    decider = start();
    answer = () => sleep(100, 200);
    const ids: string[] = [];
    for (let i = 0; i < 60; i++) ids.push(await ask("/slow-one"));
    // The decisions follow one another faster than their callbacks are received.
    for (const id of ids) await approve(id);
    await arrived("/slow-one", 60);
    const order = at("/slow-one").map(({ body }) =>
      ids.indexOf((JSON.parse(body) as { id: string }).id),
    );
    expect(new Set(order).size).toBe(60);
    // Callbacks that are under way together come in any order.
    for (const [i, place] of order.entries()) expect(Math.abs(place - i)).toBeLessThan(40);
  });
});
