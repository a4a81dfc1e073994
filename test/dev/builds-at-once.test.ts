import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copySources, type SourceCopy } from "./source-copy.ts";

const execute = promisify(execFile);
let sources: SourceCopy;

beforeAll(async () => {
  sources = await copySources();
});
afterAll(() => sources?.remove());

/** Bundles the server from the copy, as each `npm start` and `npm test` does. Returns what it printed as an error. */
const build = (): Promise<string> =>
  execute(process.execPath, ["apps/server/build.ts"], { cwd: sources.path }).then(
    () => "",
    (error: { stderr: string }) => error.stderr || "The build failed.",
  );

const buildSeveral = (count: number) => Promise.all(Array.from({ length: count }, build));

/** Says the version by the bundle, which needs the whole bundle. */
const versionOfBundle = async (): Promise<string> => {
  const bundle = join(sources.path, "apps/server/dist/sayso.js");
  return (await execute(process.execPath, [bundle, "--version"])).stdout.trim();
};

test("several builds at once, of the server and of the dashboard, all succeed and leave one whole bundle", async () => {
  // The first ones also make the dashboard, which takes the most time.
  expect(await buildSeveral(2)).toEqual(["", ""]);
  for (let round = 0; round < 2; round += 1) {
    await rm(join(sources.path, "apps/server/dist"), { recursive: true });
    expect(await buildSeveral(4)).toEqual(["", "", "", ""]);
    expect(await versionOfBundle()).toMatch(/^\d+\.\d+\.\d+$/);
  }
  const made = await readdir(join(sources.path, "apps/server/dist"), { recursive: true });
  for (const file of ["sayso.js", "sql/access.sql", "assets/sayso.css", "dashboard/index.html"])
    expect(made).toContain(file);
  for (const app of ["server", "dashboard"]) {
    const names = await readdir(join(sources.path, "apps", app));
    expect(names.filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
  }
});

test("a build removes files that an earlier one left, and replaces a changed one", async () => {
  const asset = "apps/server/src/site/assets/passkeys.js";
  const text = await readFile(join(sources.path, asset), "utf8");
  await sources.replace(asset, text, `${text}\n// changed\n`);
  await rm(join(sources.path, "packages/database/sql/triggers.sql"));
  expect(await build()).toBe("");
  const dist = join(sources.path, "apps/server/dist");
  expect(await readdir(join(dist, "sql"))).not.toContain("triggers.sql");
  expect(await readFile(join(dist, "assets/passkeys.js"), "utf8")).toMatch(/\/\/ changed\n$/);
});
