import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { must } from "@sayso/must";
import {
  createDatabase,
  createFolder,
  openServices,
  createOrganization,
  startEmbedded,
  startReceiver,
  startServer,
  until,
} from "@sayso/testkit";
import pg from "pg";
import { expect, test } from "vitest";

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("replicas share a database, and one can be killed and another started on it", async () => {
  const server = await startServer({ replicas: 2 });
  const services = openServices(server);
  try {
    const { addConnection } = await createOrganization(services, server);
    const connection = await addConnection();
    const { body } = await connection.api.create();
    await server.kill9();
    expect(isAlive(server.pid)).toBe(false);
    const third = await startServer({ database: server.database });
    for (const { url } of [must(server.replicas[1]), third]) {
      const answer = await fetch(`${url}/api/v1/approvals/${body.id}`, {
        headers: { Authorization: `Bearer ${connection.key}` },
      });
      expect(answer.status).toBe(200);
    }
    expect(await third.stop()).toBe(0);
  } finally {
    await services.close();
    await server.stop();
  }
  expect(server.replicas.some(({ pid }) => isAlive(pid))).toBe(false);
});

test("a server's wall clock can be shifted while it runs", async () => {
  const server = await startServer({ clockOffsetMs: -3_600_000 });
  try {
    const lastLogged = () => [...server.logs().matchAll(/"time":"([^"]+)"/g)].at(-1)?.[1];
    const isOffBy = (ms: number) =>
      Math.abs(Date.parse(lastLogged() ?? "") - Date.now() - ms) < 60_000;
    await until(() => isOffBy(-3_600_000), "the log's times are an hour behind");
    await server.shiftClock(7_200_000);
    await fetch(`${server.url}/api/v1/approvals`);
    await until(() => isOffBy(7_200_000), "the log's times are two hours ahead");
  } finally {
    await server.stop();
  }
});

test("a server that can't start says why, and leaves nothing behind", async () => {
  const database = await createDatabase();
  await expect(startServer({ database, env: { PORT: "no port" } })).rejects.toThrow(/PORT/);
  await database.drop();
});

test("an embedded server's PostgreSQL survives a kill, and is found again", async () => {
  const folder = await createFolder();
  const dataDirectory = `${folder.path}/data`;
  const first = await startEmbedded({ dataDirectory });
  const postgres = await first.postgresPid();
  const client = new pg.Client({ connectionString: await first.databaseUrl() });
  await client.connect();
  await client.query("create table kept (id int)");
  await client.end();
  await first.kill9();
  expect(isAlive(postgres)).toBe(true);

  const second = await startEmbedded({ dataDirectory });
  const again = new pg.Client({ connectionString: await second.databaseUrl() });
  await again.connect();
  expect((await again.query("select from kept")).rowCount).toBe(0);
  await again.end();
  expect(await second.stop()).toBe(0);
  await until(() => !isAlive(postgres), "PostgreSQL has stopped");
  await folder.remove();
});

test("a receiver answers as it is told, and remembers every request", async () => {
  const receiver = await startReceiver();
  try {
    receiver.answerWith((_, index) =>
      index === 0 ? { status: 503, headers: { "Retry-After": "7" }, body: "later" } : {},
    );
    const send = (path: string, signal?: AbortSignal) =>
      fetch(receiver.url + path, { method: "POST", body: '{"a":1}', signal });
    const first = await send("/one");
    expect([first.status, first.headers.get("retry-after"), await first.text()]).toEqual([
      503,
      "7",
      "later",
    ]);
    expect((await send("/two")).status).toBe(200);
    const [one, two] = await receiver.next(2);
    expect([must(one).path, must(two).path, must(two).json]).toEqual(["/one", "/two", { a: 1 }]);
    receiver.answerWith({ fault: "cut" });
    await expect(send("/three")).rejects.toThrow();
    for (const fault of ["hang", "drip"] as const) {
      receiver.answerWith({ fault });
      await expect(
        send(`/${fault}`, AbortSignal.timeout(200)).then((response) => response.text()),
      ).rejects.toThrow();
    }
  } finally {
    await receiver.stop();
  }
});

test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
  "a run that %s ends leaves no PostgreSQL and no folder behind",
  async (signal) => {
    const program = `
      import { openTestCluster } from ${JSON.stringify(new URL("../packages/testkit/src/cluster.ts", import.meta.url).href)};
      import { readFileSync } from "node:fs";
      const { folder } = await openTestCluster();
      const pid = Number(readFileSync(folder + "/data/postgres/postmaster.pid", "utf8").split("\\n")[0]);
      console.log(JSON.stringify({ folder, pid }));
      setInterval(() => undefined, 60_000);`;
    const run = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(run.stdout, "data")) as [Buffer];
    const { folder, pid } = JSON.parse(line.toString()) as { folder: string; pid: number };
    expect([isAlive(pid), existsSync(folder)]).toEqual([true, true]);
    run.kill(signal);
    await until(() => !isAlive(pid) && !existsSync(folder), "nothing is left");
  },
);
