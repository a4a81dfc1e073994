import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { must } from "@sayso/must";
import {
  createDatabase,
  createFolder,
  createOrganization,
  freePort,
  openServices,
  startEmbedded,
  startServer,
  testSecret,
  until,
} from "@sayso/testkit";
import { expect, test } from "vitest";
import { expectAllSound } from "../request-history.ts";
import { ROUNDS } from "./load.ts";
const bundle = fileURLToPath(new URL("../../apps/server/dist/sayso.js", import.meta.url));

/** Starts a server process, and resolves before it is ready. */
async function launch(env: Record<string, string>) {
  const child = spawn(process.execPath, [bundle, "serve"], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      NODE_ENV: "test",
      PORT: String(await freePort()),
      SAYSO_SECRET: testSecret,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, exited, output: () => output };
}

async function killAfter(env: Record<string, string>, ms: number): Promise<void> {
  const { child, exited } = await launch(env);
  await sleep(ms);
  child.kill("SIGKILL");
  await exited;
}

/** Returns the tables, columns, indexes and functions of a database as text, to compare two databases. */
const schemaOf = async (services: { sql: (text: string) => Promise<Record<string, unknown>[]> }) =>
  services.sql(`
    select 'column' as kind, table_name || '.' || column_name as name, data_type as what from information_schema.columns
      where table_schema = 'public'
    union all select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
    union all select 'function', proname, md5(prosrc) from pg_proc where pronamespace = 'public'::regnamespace
    union all select 'policy', tablename || '.' || policyname, qual from pg_policies
    union all select 'migration', name, sha256 from sayso_migrations
    order by 1, 2, 3`);

async function asksAndDecides(server: { url: string }, databaseUrl: string): Promise<void> {
  const services = openServices({ databaseUrl, url: server.url });
  try {
    const { owner, addConnection } = await createOrganization(services, server);
    const { status, body } = await (await addConnection()).api.create();
    expect(status).toBe(201);
    expect((await owner.api.approve(body.id)).body.status).toBe("approved");
    await expectAllSound(services);
  } finally {
    await services.close();
  }
}

test("83: a server that was killed while it migrated is started again and completes, to the same schema", async () => {
  const [reference, database] = [await createDatabase(), await createDatabase({ migrated: false })];
  const folder = await createFolder();
  try {
    const env = { DATABASE_URL: database.url, SAYSO_DATA_DIR: `${folder.path}/data` };
    for (let round = 0; round < Math.max(6, ROUNDS); round++)
      await killAfter(env, 100 + (round % 12) * 40);
    const server = await startServer({ database });
    try {
      const [there, expected] = [database, reference].map(({ url }) =>
        openServices({ databaseUrl: url, url: server.url }),
      );
      expect(await schemaOf(must(there))).toEqual(await schemaOf(must(expected)));
      await Promise.all([must(there).close(), must(expected).close()]);
      await asksAndDecides(server, database.url);
    } finally {
      await server.stop();
    }
  } finally {
    await Promise.all([reference.drop(), database.drop(), folder.remove()]);
  }
});

test("83: of three servers that start at once on a new database one migrates, and all serve", async () => {
  const database = await createDatabase({ migrated: false });
  const server = await startServer({ database, replicas: 3 });
  try {
    const migrated = server.replicas.filter((replica) =>
      replica.logs().includes("migrated the database"),
    );
    expect(migrated).toHaveLength(1);
    for (const replica of server.replicas) await asksAndDecides(replica, database.url);
    // The first organization, with its admin and key, is created only once as well.
    const services = openServices({ databaseUrl: database.url, url: server.url });
    expect(
      await services.sql("select 1 from events where type = 'organization.created'"),
    ).toHaveLength(1);
    await services.close();
  } finally {
    await server.stop();
    await database.drop();
  }
});

test("84: a server that was killed again and again during its first boot starts at last and works", async () => {
  const folder = await createFolder();
  const dataDirectory = `${folder.path}/data`;
  try {
    const rounds = Math.max(5, Math.ceil(ROUNDS / 2));
    for (let round = 0; round < rounds; round++) {
      await killAfter({ SAYSO_DATA_DIR: dataDirectory }, 150 + ((round * 370) % 1_900));
    }
    const server = await startEmbedded({ dataDirectory });
    try {
      await asksAndDecides(server, await server.databaseUrl());
    } finally {
      expect(await server.stop()).toBe(0);
    }
  } finally {
    await folder.remove();
  }
});

test("84: each kill during a first boot, at another moment, leaves a folder that the next start can use", async () => {
  const moments = Array.from(
    { length: Math.max(3, Math.ceil(ROUNDS / 5)) },
    (_, i) => 200 + ((i * 610) % 2_000),
  );
  for (const ms of moments) {
    const folder = await createFolder();
    const dataDirectory = `${folder.path}/data`;
    try {
      await killAfter({ SAYSO_DATA_DIR: dataDirectory }, ms);
      const server = await startEmbedded({ dataDirectory });
      expect(await server.stop()).toBe(0);
    } finally {
      await folder.remove();
    }
  }
});

test("85: a second process on the data directory is refused at once, is told who holds it, and harms nothing", async () => {
  const folder = await createFolder();
  const dataDirectory = `${folder.path}/data`;
  const first = await startEmbedded({ dataDirectory });
  try {
    const second = await launch({ SAYSO_DATA_DIR: dataDirectory });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(String(first.pid));
    expect(second.output()).toMatch(/in use|holds|held|already/i);
    await asksAndDecides(first, await first.databaseUrl());
  } finally {
    expect(await first.stop()).toBe(0);
    await folder.remove();
  }
});

test("85: of five processes that start at once on a new data directory one serves and the others are refused", async () => {
  const folder = await createFolder();
  try {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => launch({ SAYSO_DATA_DIR: `${folder.path}/data` })),
    );
    const ended = new Set<(typeof all)[number]>();
    for (const one of all) void one.exited.then(() => ended.add(one));
    await until(() => ended.size === 4, "four are refused");
    const [serving] = all.filter((one) => !ended.has(one));
    for (const one of ended) {
      expect(await one.exited).toBe(1);
      expect(one.output()).toContain(String(must(serving).child.pid));
    }
    await until(() => must(serving).output().includes("ready"), "the fifth is ready");
    must(serving).child.kill("SIGTERM");
    expect(await must(serving).exited).toBe(0);
  } finally {
    await folder.remove();
  }
});

test("a second process that starts leaves the link usable that the first one printed, and prints one that works as well", async () => {
  const database = await createDatabase();
  const server = await startServer({ database });
  const replica = await startServer({ database });
  try {
    const links = [server, replica].map(
      ({ logs }) => must(/http:\/\/\S+(\/welcome\/[\w-]{43})/.exec(logs()))[1],
    );
    expect(new Set(links).size).toBe(2);
    for (const path of links) {
      const page = await fetch(`${server.url}${path}`);
      expect([page.status, await page.text()]).toEqual([
        200,
        expect.stringContaining("Create account"),
      ]);
    }
  } finally {
    await Promise.all([server.stop(), replica.stop()]);
    await database.drop();
  }
});
