import {
  createDatabase,
  createNextRelease,
  openServices,
  startServer,
  testSecret,
} from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSayso } from "../attacks/sayso-process.ts";

const next = await createNextRelease("9.0.0", {
  "migrations/9999_later.sql": "alter table requests add column later text",
  "functions/feed/event_family.sql": (text) => `${text}\n-- The newer release's text.\n`,
});
let database: Awaited<ReturnType<typeof createDatabase>>;
let older: Awaited<ReturnType<typeof startServer>>;
let services: ReturnType<typeof openServices>;

beforeAll(async () => {
  database = await createDatabase({ migrated: false });
  older = await startServer({ database });
  services = openServices({ databaseUrl: database.url, url: older.url });
});
afterAll(async () => {
  await services?.close();
  await older?.stop();
  await database?.drop();
  await next.remove();
});

/** Runs a command of one release on the database. */
async function run(command: string, program?: string, url = database.url) {
  const env = { DATABASE_URL: url, SAYSO_SECRET: testSecret };
  const { ended, stdout, stderr } = runSayso(command.split(" "), env, program);
  return { code: await ended, stdout: stdout(), stderr: stderr() };
}

/** Everything that a migration changes. */
const readSchema = (): Promise<unknown> =>
  services.sql(
    `select 'migration' as kind, name, sha256 from sayso_migrations
     union all select 'definition', signature, sha256 from sayso_definitions
     union all select 'release', number::text, version from sayso_releases order by 1, 2`,
  );

/** Every command that opens the database, other than `serve`, `migrate`, `backup` and `restore`. */
const commands = [
  "user list",
  "user create mara@example.com --name Mara",
  "user invite mara@example.com",
  "user disable mara@example.com",
  "user reset-password mara@example.com",
  "key create --name Bot",
  "key list",
  "key revoke gk_none",
  "project plan Bot pro",
  "token create mara@example.com",
  "client create --name App --redirect-uri https://example.com/",
  "client list",
  "client rotate-secret none",
  "client delete none",
  "audit verify",
  "audit checkpoint",
  "deliveries hold",
  "deliveries release",
  "deliveries status",
];

describe("on the database of a running server of an older release", () => {
  test.each(commands)(
    "sayso %s changes nothing and says in one line what to do",
    async (command) => {
      const before = await readSchema();
      const { code, stdout, stderr } = await run(command, next.bundle);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(
        /^[^\n]*older release than this command \(Sayso 9\.0\.0\)[^\n]*run: sayso migrate\n$/,
      );
      expect(await readSchema()).toEqual(before);
    },
  );

  test("sayso doctor names the pending migrations and changes nothing", async () => {
    const before = await readSchema();
    expect((await run("doctor", next.bundle)).stdout).toContain(
      "✓ migrations: 2 will be applied at the next start, or by: sayso migrate",
    );
    expect(await readSchema()).toEqual(before);
  });

  test("the commands of the server's own release work", async () => {
    expect(await run("user list")).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("after sayso migrate of the newer release", () => {
  beforeAll(async () => {
    expect(await run("migrate", next.bundle)).toEqual({
      code: 0,
      stdout: "Applied 9999_later.sql.\n",
      stderr: "",
    });
  });

  test("its commands work, and a second sayso migrate finds nothing to do", async () => {
    expect(await run("user list", next.bundle)).toMatchObject({ code: 0, stderr: "" });
    const { stdout } = await run("migrate", next.bundle);
    expect(stdout).toBe("The database is up to date.\n");
  });

  test("the older server goes on", async () => {
    expect((await fetch(`${older.url}/readyz`)).status).toBe(200);
  });

  test.each(commands)(
    "sayso %s of the older release says which release to run",
    async (command) => {
      const { code, stdout, stderr } = await run(command);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/^[^\n]*newer release[^\n]*\(9999_later\.sql\)[^\n]*\n$/);
    },
  );

  test("sayso doctor of the older release says so", async () => {
    expect((await run("doctor")).stdout).toContain(
      "! migrations: a newer release of Sayso has migrated this database (9999_later.sql)",
    );
  });
});

test("a command on an empty database sets nothing up", async () => {
  const empty = await createDatabase({ migrated: false });
  try {
    const { code, stderr } = await run("user list", undefined, empty.url);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^sayso: There is no Sayso in this database yet\.[^\n]*sayso migrate\n$/,
    );
    const looking = openServices({ databaseUrl: empty.url, url: older.url });
    const tables = await looking.sql(
      "select relname from pg_class where relnamespace = 'public'::regnamespace",
    );
    await looking.close();
    expect(tables).toEqual([]);
    expect((await run("migrate", undefined, empty.url)).stdout).toMatch(/^Applied 0001_/);
    expect(await run("user list", undefined, empty.url)).toMatchObject({ code: 0, stderr: "" });
  } finally {
    await empty.drop();
  }
});
