import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import pg from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { clusterProgram, type ClusterProgramLine } from "./cluster.child.ts";
import { findPostmaster } from "./cluster/postmaster.ts";

/** A process that opens a cluster, or has opened it. */
interface Program {
  pid: number;
  /** The first line that is not a log line. */
  answer: Promise<ClusterProgramLine>;
  exited: Promise<number | null>;
  stop(): Promise<number | null>;
  kill(): Promise<number | null>;
}

const folders: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) {
    const postmaster = await findPostmaster(join(folder, "data", "postgres"));
    if (postmaster) {
      process.kill(postmaster.pid, "SIGQUIT");
      await until(
        async () => (await findPostmaster(join(folder, "data", "postgres"))) === undefined,
      );
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});

async function newDirectory(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sayso-cluster-"));
  folders.push(folder);
  return join(folder, "data");
}

let template: string | undefined;

/** Copies a data directory that was initialised before, which is faster than making one. */
async function usedDirectory(): Promise<string> {
  const directory = await newDirectory();
  if (template === undefined) {
    template = join(await mkdtemp(join(tmpdir(), "sayso-cluster-")), "data");
    const program = open(template);
    await urlOf(program);
    await program.stop();
    await rm(join(template, "postgres", "postmaster.opts"));
  }
  execFileSync("cp", ["-a", template, directory]);
  return directory;
}

afterAll(async () => {
  if (template !== undefined) await rm(dirname(template), { recursive: true });
});

function open(directory: string, purpose: "server" | "command" = "server"): Program {
  const child = spawn(process.execPath, [clusterProgram, directory, purpose], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const answer = new Promise<ClusterProgramLine>((resolve, reject) => {
    createInterface(child.stdout).on("line", (text) => {
      const line = JSON.parse(text) as ClusterProgramLine;
      if (line.event !== "log") resolve(line);
    });
    void exited.then(() => reject(new Error("the program ended without an answer")));
  });
  answer.catch(() => undefined);
  return {
    pid: must(child.pid),
    answer,
    exited,
    stop: () => (child.stdin.write("stop\n"), exited),
    kill: () => (child.kill("SIGKILL"), exited),
  };
}

async function urlOf(program: Program): Promise<string> {
  const line = await program.answer;
  if (line.event !== "open") throw new Error(JSON.stringify(line));
  return line.ownerUrl;
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function count(url: string): Promise<number> {
  return must((await query<{ n: number }>(url, "select count(*)::int as n from kept"))[0]).n;
}

const until = (holds: () => boolean | Promise<boolean>): Promise<void> =>
  expect.poll(holds).toBe(true);

const postmasterOf = (directory: string) => findPostmaster(join(directory, "postgres"));

describe("a first start", () => {
  test("initialises, a restart keeps rows and port, and stopping leaves no process", async () => {
    const directory = await newDirectory();
    const first = open(directory);
    const url = await urlOf(first);
    await query(url, "create table kept as select 1 as n");
    const [settings] = await query(
      url,
      `select current_setting('listen_addresses') as host, current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as commit, current_setting('data_checksums') as checksums,
              current_setting('server_encoding') as encoding, current_setting('TimeZone') as zone,
              (select datlocprovider ::text || ' ' || datlocale from pg_database where datname = 'sayso') as locale`,
    );
    expect(settings).toEqual({
      host: "127.0.0.1",
      fsync: "on",
      commit: "on",
      checksums: "on",
      encoding: "UTF8",
      zone: "UTC",
      locale: "b C.UTF-8",
    });
    const wrong = new URL(url);
    wrong.password = "guess";
    await expect(query(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
    expect(await first.stop()).toBe(0);
    expect(await postmasterOf(directory)).toBeUndefined();

    const second = open(directory);
    expect(await urlOf(second)).toBe(url);
    expect(await count(url)).toBe(1);
    expect((await stat(directory)).mode & 0o007).toBe(0);
    expect(await second.stop()).toBe(0);
  });

  test("killed at any moment, it starts again and leaves no half-made directory", async () => {
    for (const millis of [200, 450, 800]) {
      const directory = await newDirectory();
      const killed = open(directory);
      await sleep(millis);
      await killed.kill();
      const next = open(directory);
      expect(await query(await urlOf(next), "select 1 as n")).toEqual([{ n: 1 }]);
      expect((await readdir(directory)).sort()).toEqual(["postgres", "postgres.log"]);
      expect(await next.stop()).toBe(0);
    }
  });

  test("of two at the same instant one wins and the other is told who", async () => {
    const directory = await newDirectory();
    const programs = [open(directory), open(directory)];
    const answers = await Promise.all(programs.map(({ answer }) => answer));
    const winner = must(programs[answers.findIndex(({ event }) => event === "open")]);
    const refusals = answers.filter((answer) => answer.event === "refused");
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ name: "DataDirectoryInUse" });
    expect(must(refusals[0]).message).toContain(`sayso server pid ${winner.pid} on `);
    expect(await query(await urlOf(winner), "select 1 as n")).toEqual([{ n: 1 }]);
    expect(await winner.stop()).toBe(0);
  });
});

describe("a server's data directory", () => {
  test("refuses a second server at once, names the holder and says what to do", async () => {
    const directory = await usedDirectory();
    const server = open(directory);
    const url = await urlOf(server);
    const answer = await open(directory).answer;
    // A server that had waited until its patience ended would answer ClusterUnavailable.
    expect(answer).toMatchObject({ event: "refused", name: "DataDirectoryInUse" });
    expect((answer as { message: string }).message).toMatch(
      new RegExp(`sayso server pid ${server.pid} on .+ since 20\\d\\d-.+Z.*SAYSO_DATA_DIR`),
    );
    expect(await query(url, "select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("is adopted with its running PostgreSQL when the server was killed", async () => {
    const directory = await usedDirectory();
    const killed = open(directory);
    const url = await urlOf(killed);
    await query(url, "create table kept as select 1 as n");
    const before = await postmasterOf(directory);
    process.kill(killed.pid, "SIGKILL");
    const next = open(directory);
    expect(await urlOf(next)).toBe(url);
    expect((await postmasterOf(directory))?.pid).toBe(must(before).pid);
    expect(await count(url)).toBe(1);
    expect(await next.stop()).toBe(0);
  });

  test("recovers when server and PostgreSQL were killed together", async () => {
    const directory = await usedDirectory();
    const killed = open(directory);
    const url = await urlOf(killed);
    await query(url, "create table kept as select 1 as n");
    process.kill(killed.pid, "SIGKILL");
    process.kill(must(await postmasterOf(directory)).pid, "SIGKILL");
    const next = open(directory);
    expect(await urlOf(next)).toBe(url);
    expect(await count(url)).toBe(1);
  });

  test("starts although another program got the pid that a crash left in postmaster.pid", async () => {
    const directory = await usedDirectory();
    const server = open(directory);
    const url = await urlOf(server);
    const pidFile = join(directory, "postgres", "postmaster.pid");
    const stale = (await readFile(pidFile, "utf8")).replace(/^\d+/, String(process.pid));
    await server.stop();
    await writeFile(pidFile, stale);
    expect(await urlOf(open(directory))).toBe(url);
  });

  test("is handed over without a refusal when one server starts while the other stops", async () => {
    const directory = await usedDirectory();
    let server = open(directory);
    const url = await urlOf(server);
    for (const millis of [0, 60, 120]) {
      // The stop begins first, because a server refuses while the other one only seems to stay.
      const stopped = server.stop();
      await sleep(millis);
      server = open(directory);
      expect(await urlOf(server)).toBe(url);
      expect(await stopped).toBe(0);
    }
    expect(await query(url, "select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("that is not PostgreSQL's is refused in its own words", async () => {
    const directory = await newDirectory();
    await mkdir(join(directory, "postgres"), { recursive: true });
    await writeFile(join(directory, "postgres", "PG_VERSION"), "9\n");
    const answer = await open(directory).answer;
    expect(answer).toMatchObject({ event: "refused", name: "ClusterUnavailable" });
    expect((answer as { message: string }).message).toContain(join(directory, "postgres"));
  });
});

describe("PostgreSQL under a living server", () => {
  test("killed while rows are written, is back on the same port with every acknowledged row", async () => {
    const directory = await usedDirectory();
    const server = open(directory);
    const url = await urlOf(server);
    await query(url, "create table kept (n int primary key)");
    const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 2_000 });
    pool.on("error", () => undefined);
    const acknowledged: number[] = [];
    let next = 0;
    let writing = true;
    const writers = Array.from({ length: 4 }, async () => {
      while (writing) {
        const n = (next += 1);
        await pool.query("insert into kept values ($1)", [n]).then(
          () => acknowledged.push(n),
          () => sleep(20),
        );
      }
    });
    await until(() => acknowledged.length > 200);
    for (let round = 0; round < 2; round += 1) {
      const before = must(await postmasterOf(directory)).pid;
      process.kill(before, "SIGKILL");
      const sofar = acknowledged.length;
      await until(() => acknowledged.length > sofar + 200);
      expect(must(await postmasterOf(directory)).pid).not.toBe(before);
    }
    writing = false;
    await Promise.all(writers);
    await pool.end();
    const stored = await query<{ n: number }>(url, "select n from kept");
    const found = new Set(stored.map(({ n }) => n));
    expect(acknowledged.filter((n) => !found.has(n))).toEqual([]);
    const answer = await open(directory).answer;
    expect(answer).toMatchObject({ event: "refused", name: "DataDirectoryInUse" });
    expect(await server.stop()).toBe(0);
    expect(await postmasterOf(directory)).toBeUndefined();
  });

  test.runIf(process.platform === "linux")(
    "killed while a session computes, is back before that would have ended",
    async () => {
      const directory = await usedDirectory();
      const url = await urlOf(open(directory));
      const busy = query(url, "select count(*) from generate_series(1, 1000000000)").catch(String);
      await until(async () => {
        const running =
          "select from pg_stat_activity where query like '%1000000000%' and pid <> pg_backend_pid()";
        return (await query(url, running)).length === 1;
      });
      process.kill(must(await postmasterOf(directory)).pid, "SIGKILL");
      const isBack = () =>
        query(url, "select 1").then(
          () => true,
          () => false,
        );
      await until(isBack);
      expect(await busy).toContain("terminated");
    },
  );

  test("stays the server's when the session that holds the lock is cut", async () => {
    const directory = await usedDirectory();
    const server = open(directory);
    const url = await urlOf(server);
    const holders = `select pid from pg_stat_activity where application_name like 'sayso server pid %'`;
    const [before] = await query<{ pid: number }>(url, holders);
    await query(url, `select pg_terminate_backend(pid) from (${holders}) h`);
    await until(async () => {
      const [after] = await query<{ pid: number }>(url, holders);
      return after !== undefined && after.pid !== must(before).pid;
    });
    expect(await open(directory).answer).toMatchObject({ name: "DataDirectoryInUse" });
    expect(await server.stop()).toBe(0);
  });

  test("is not brought back when it dies while the server stops", async () => {
    const directory = await usedDirectory();
    const server = open(directory);
    await urlOf(server);
    process.kill(must(await postmasterOf(directory)).pid, "SIGKILL");
    expect(await server.stop()).toBe(0);
    await sleep(300);
    expect(await postmasterOf(directory)).toBeUndefined();
    expect(await urlOf(open(directory))).toContain("127.0.0.1");
  });
});

describe("a command", () => {
  test("without a server starts PostgreSQL, and the last of several stops it", async () => {
    const directory = await usedDirectory();
    const commands = [open(directory, "command"), open(directory, "command")];
    const [url, same] = await Promise.all(commands.map(urlOf));
    expect(same).toBe(url);
    await query(must(url), "create table kept as select 1 as n");
    expect(await must(commands[0]).stop()).toBe(0);
    expect(await count(must(url))).toBe(1);
    expect(await must(commands[1]).stop()).toBe(0);
    expect(await postmasterOf(directory)).toBeUndefined();
  });

  test("beside a server leaves it alone", async () => {
    const directory = await usedDirectory();
    const server = open(directory);
    const command = open(directory, "command");
    expect(await urlOf(command)).toBe(await urlOf(server));
    expect(await command.stop()).toBe(0);
    expect(await query(await urlOf(server), "select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("leaves PostgreSQL to a server that took over meanwhile", async () => {
    const directory = await usedDirectory();
    const command = open(directory, "command");
    const url = await urlOf(command);
    const server = open(directory);
    expect(await urlOf(server)).toBe(url);
    expect(await command.stop()).toBe(0);
    expect(await query(url, "select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("that is stopping PostgreSQL makes a starting server wait, not fail", async () => {
    const directory = await usedDirectory();
    for (const millis of [60, 100, 140, 180]) {
      const command = open(directory, "command");
      await urlOf(command);
      const server = open(directory);
      await sleep(millis);
      const stopped = command.stop();
      expect(await query(await urlOf(server), "select 1 as n")).toEqual([{ n: 1 }]);
      expect(await stopped).toBe(0);
      expect(await server.stop()).toBe(0);
    }
    expect(existsSync(join(directory, "postgres", "postmaster.pid"))).toBe(false);
  });
});
