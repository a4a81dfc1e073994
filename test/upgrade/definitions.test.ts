import { readdir, readFile, writeFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeSchema, migrate, pendingMigrations } from "@sayso/database";
import { createDatabase, createFolder, type TestDatabase } from "@sayso/testkit";
import pg from "pg";
import { afterEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sql = join(root, "packages/database/sql");
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connect({ url }: { url: string }): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  cleanups.push(() => client.end());
  return client;
}

async function database(options?: { migrated: boolean }): Promise<TestDatabase> {
  const made = await createDatabase(options);
  cleanups.push(() => made.drop());
  return made;
}

async function functionFiles(): Promise<string[]> {
  const entries = await readdir(join(sql, "functions"), { recursive: true, withFileTypes: true });
  return entries
    .filter(({ name }) => name.endsWith(".sql"))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("the database's functions", () => {
  test("stand in one file each, which has its name, and nowhere else", async () => {
    const files = await functionFiles();
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    const defined = texts.map((text) =>
      [...text.matchAll(/^\s*create (?:or replace )?function\s+(\w+)/gim)].map(([, name]) => name),
    );
    expect(defined).toEqual(files.map((file) => [basename(file, ".sql")]));
    const others = await readdir(sql, { recursive: true });
    for (const path of others.filter((name) => name.endsWith(".sql") && !/^functions/.test(name)))
      expect(await readFile(join(sql, path), "utf8"), path).not.toMatch(
        /create[^;]*function\s+\w+\s*\([^;]*returns/i,
      );
    const client = await connect(await database());
    const { rows } = await client.query<{ name: string }>(
      `select proname as name from pg_proc p where pronamespace = 'public'::regnamespace
         and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
    );
    expect(rows.map(({ name }) => `${name}.sql`).toSorted()).toEqual(
      files.map((file) => basename(file)).toSorted(),
    );
  });

  test("have bodies that PostgreSQL accepts, whatever the order they are applied in", async () => {
    const client = await connect(await database());
    await client.query("begin; set local check_function_bodies = on");
    await client.query("grant create on schema public to sayso_system");
    for (const file of await functionFiles())
      await expect(client.query(await readFile(file, "utf8")), file).resolves.toBeDefined();
    await client.query("rollback");
  });

  test("agree with the committed description, in which a changed setting would show", async () => {
    const client = await connect(await database());
    const committed = await readFile(join(root, "packages/database/schema.txt"), "utf8");
    const described = await describeSchema(client);
    expect(committed.split("\n").slice(2).join("\n")).toBe(described);
    await client.query(
      "alter function commit_transitions (uuid, json, boolean, boolean, boolean) reset enable_seqscan",
    );
    expect(await describeSchema(client)).not.toBe(described);
  });
});

/** A release: its version, and its functions by name. */
interface Release {
  version: string;
  functions: Record<string, string>;
}

const answers = (args: string, text: string): string =>
  `create or replace function NAME(${args}) returns text language sql as $$ select '${text}' $$;`;

async function release({ version, functions }: Release) {
  const folder = await createFolder();
  cleanups.push(() => folder.remove());
  await mkdir(join(folder.path, "functions", "some"), { recursive: true });
  await mkdir(join(folder.path, "migrations"));
  for (const [name, text] of Object.entries(functions))
    await writeFile(
      join(folder.path, "functions", "some", `${name}.sql`),
      text.replaceAll("NAME", name),
    );
  return { directory: folder.path, version };
}

describe("beside another release", () => {
  test("only what changed is applied, once; an older release leaves a newer one's alone, a newer one doesn't", async () => {
    const { url } = await database({ migrated: false });
    const client = await connect({ url });
    const ask = async (call: string) =>
      (await client.query<{ answer: string }>(`select ${call} as answer`)).rows[0]?.answer;
    const first = await release({
      version: "1.0.0",
      functions: { kept: answers("", "kept"), changed: answers("", "one") },
    });
    const second = await release({
      version: "1.1.0",
      functions: { kept: answers("", "kept"), changed: answers("", "two") },
    });
    expect(await pendingMigrations(url, first)).toEqual(["functions, triggers and access"]);
    expect(await migrate(url, first)).toMatchObject({ redefined: true });
    expect(await migrate(url, first)).toMatchObject({ redefined: false });
    const rowOf = async () =>
      (await client.query("select xmin from pg_proc where proname = 'kept'")).rows[0] as unknown;
    const kept = await rowOf();
    expect(await migrate(url, second)).toMatchObject({ redefined: true });
    expect([await ask("changed()"), await rowOf()]).toEqual(["two", kept]);

    expect(await migrate(url, first)).toMatchObject({ redefined: false });
    expect(await pendingMigrations(url, first)).toEqual([]);
    expect(await ask("changed()")).toBe("two");
    // While a release is being written, its text changes and can change back.
    const third = { ...first, version: "1.1.0" };
    expect(await migrate(url, third)).toMatchObject({ redefined: true });
    expect(await ask("changed()")).toBe("one");
  });

  test("a release that brings back an earlier text is a newer one, and stays so", async () => {
    const { url } = await database({ migrated: false });
    const client = await connect({ url });
    const answer = async () =>
      (await client.query<{ answer: string }>("select changed() as answer")).rows[0]?.answer;
    const one = { changed: answers("", "one") };
    const first = await release({ version: "1.0.0", functions: one });
    const second = await release({
      version: "1.1.0",
      functions: { changed: answers("", "two") },
    });
    const third = await release({ version: "1.2.0", functions: one });
    for (const next of [first, second, third]) await migrate(url, next);
    expect(await answer()).toBe("one");
    for (const earlier of [first, second]) {
      expect(await migrate(url, earlier)).toMatchObject({ redefined: false });
      expect(await answer()).toBe("one");
    }
  });

  test("a signature that is gone stays for the release before, and goes with the next", async () => {
    const { url } = await database({ migrated: false });
    const client = await connect({ url });
    const signatures = async () =>
      (
        await client.query<{ s: string }>(
          "select oid::regprocedure::text as s from pg_proc where pronamespace = 'public'::regnamespace and proname in ('asked', 'gone') order by 1",
        )
      ).rows.map(({ s }) => s);
    await migrate(
      url,
      await release({
        version: "1.0.0",
        functions: { asked: answers("a int", "one"), gone: answers("", "gone") },
      }),
    );
    await migrate(
      url,
      await release({
        version: "1.1.0",
        functions: { asked: answers("a int, b int", "two") },
      }),
    );
    expect(await signatures()).toEqual(["asked(integer)", "asked(integer,integer)", "gone()"]);
    await migrate(
      url,
      await release({
        version: "1.2.0",
        functions: { asked: answers("a int, b int", "three") },
      }),
    );
    expect(await signatures()).toEqual(["asked(integer,integer)"]);
  });

  test("a definition that fails changes nothing, and names its file; the next start goes on", async () => {
    const { url } = await database({ migrated: false });
    const client = await connect({ url });
    const bad = await release({
      version: "1.0.0",
      functions: {
        fine: answers("", "fine"),
        wrong: "create or replace function NAME() returns nothing_known language sql as $$ $$;",
      },
    });
    await expect(migrate(url, bad)).rejects.toThrow(
      'wrong.sql: type "nothing_known" does not exist',
    );
    expect(await pendingMigrations(url, bad)).toEqual(["functions, triggers and access"]);
    const { rows } = await client.query("select from pg_proc where proname = 'fine'");
    expect(rows).toEqual([]);
    const mended = await release({ version: "1.0.0", functions: { fine: answers("", "fine") } });
    expect(await migrate(url, mended)).toMatchObject({ redefined: true });
  });
});
