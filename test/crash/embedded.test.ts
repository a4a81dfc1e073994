import { setTimeout as sleep } from "node:timers/promises";
import {
  api,
  createFolder,
  openServices,
  startEmbedded,
  startReceiver,
  until,
  type EmbeddedServer,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { expectAllSound } from "../request-history.ts";
import {
  DATABASE_ROUNDS,
  expectCalledBack,
  expectKept,
  nothingYet,
  openCast,
  ROUNDS,
  startLoad,
} from "./load.ts";

const folder = await createFolder();
const receiver = await startReceiver();
let server: EmbeddedServer = await startEmbedded({ dataDirectory: `${folder.path}/data` });
const restart = async () =>
  (server = await startEmbedded({ dataDirectory: `${folder.path}/data` }));
afterAll(async () => {
  await server.stop();
  await receiver.stop();
  await folder.remove();
});

/** Opens the services for this work only, because the database can be at another address after a restart. */
async function withServices<T>(work: (services: TestServices) => Promise<T>): Promise<T> {
  const services = openServices({ databaseUrl: await server.databaseUrl(), url: server.url });
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

const killPostgres = async () => process.kill(await server.postgresPid(), "SIGKILL");

/** Runs one round under load: `strike` kills something, and `heal` resolves when all should work again. */
async function round(strike: () => Promise<unknown>, heal: () => Promise<unknown>): Promise<void> {
  const cast = await withServices((services) => openCast(services, server));
  const acknowledged = nothingYet();
  const load = startLoad(() => server.url, cast, receiver, acknowledged);
  await until(() => acknowledged.votes.length >= 3, "the load is under way");
  await sleep(Math.random() * 250);
  await strike();
  await heal();
  const before = acknowledged.votes.length;
  await until(() => acknowledged.votes.length > before + 3, "the load goes on");
  await load.stop();
  expect(load.surprises).toEqual([]);
  await withServices((services) => expectKept(services, acknowledged));
}

test("a server that is killed under load finds its PostgreSQL again and has lost nothing", async () => {
  const postgres = await server.postgresPid();
  for (let n = 0; n < ROUNDS; n++) {
    await round(() => server.kill9(), restart);
    expect(await server.postgresPid()).toBe(postgres);
  }
  await withServices(async (services) => {
    await expectCalledBack(services, receiver);
    await expectAllSound(services);
  });
});

test("89: a PostgreSQL that is killed under load is back, and nothing acknowledged is lost", async () => {
  for (let n = 0; n < DATABASE_ROUNDS; n++) {
    const postgres = await server.postgresPid();
    await round(killPostgres, async () => {
      await until(
        async () => (await fetch(`${server.url}/readyz`).catch(() => null))?.status !== 200,
        "the server notices",
      );
      await until(
        async () => (await fetch(`${server.url}/readyz`)).status === 200,
        "the server is ready again",
      );
    });
    expect(await server.postgresPid()).not.toBe(postgres);
  }
  await withServices(async (services) => {
    await expectCalledBack(services, receiver);
    await expectAllSound(services);
  });
});

test("while PostgreSQL is brought back every call is done or answered 503 with Retry-After, and none hangs", async () => {
  const cast = await withServices((services) => openCast(services, server));
  const machine = api(server.url, cast.machine.key);
  expect((await machine.list()).status).toBe(200);
  await killPostgres();
  const answers = await Promise.all(Array.from({ length: 40 }, () => machine.create()));
  for (const answer of answers) {
    expect([201, 503]).toContain(answer.status);
    if (answer.status === 503) expect(answer.headers.get("retry-after")).not.toBeNull();
  }
  await until(
    async () => (await fetch(`${server.url}/readyz`)).status === 200,
    "the server is ready again",
  );
  expect((await machine.create()).status).toBe(201);
});

test("when both are killed at once, as by a power cut, nothing acknowledged is lost", async () => {
  for (let n = 0; n < DATABASE_ROUNDS; n++) {
    await round(() => Promise.all([killPostgres(), server.kill9()]), restart);
  }
  await withServices(async (services) => {
    await expectCalledBack(services, receiver);
    await expectAllSound(services);
  });
});
