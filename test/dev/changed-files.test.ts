import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createFolder } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// eslint-disable-next-line import-x/no-relative-packages -- the root folder is no package to import.
import { findChangedFiles } from "../../scripts/changed-files.ts";

// Test sources that reach the product in different ways: by the built server, by a package's build, by the dashboard's
// address, by a name.
const testSources = {
  "packages/testkit/src/server.ts": `spawn("../../../apps/server/dist/sayso.js")`,
  "packages/testkit/src/global-setup.ts": `execute("../../../apps/server/build.ts")`,
  "test/dashboard/open.ts": "page.goto(`${url}/app/inbox`)",
  "test/platforms/make/app.test.ts": `read("packages/make-sayso/app/")`,
  "test/guides.test.ts": `read("docs/guides/callbacks.md")`,
  "test/alone.test.ts": `expect(1).toBe(1)`,
};

let folder: Awaited<ReturnType<typeof createFolder>>;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    cwd: folder.path,
  });
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(folder.path, file)), { recursive: true });
  writeFileSync(join(folder.path, file), text);
};
const affectedBy = async (file: string): Promise<string[]> => {
  write(file, "changed");
  const found = await findChangedFiles({ root: folder.path, changedSince: "main" });
  git("clean", "-qfd");
  git("checkout", "-q", ".");
  return found.filter((name) => name !== file).sort();
};

beforeAll(async () => {
  folder = await createFolder();
  git("init", "-q", "--initial-branch=main");
  for (const [file, text] of Object.entries(testSources)) write(file, text);
  write("apps/server/src/main.ts", "");
  git("add", "-A");
  git("commit", "-qm", "one");
});
afterAll(() => folder?.remove());

describe("what npm test -- --changed selects beside what imports a changed file", () => {
  test.each([
    ["apps/server/src/site/site.ts", ["packages/testkit/src/server.ts"]],
    ["packages/core/src/state-machine/machine.ts", ["packages/testkit/src/server.ts"]],
    ["packages/database/sql/migrations/0001_people.sql", ["packages/testkit/src/server.ts"]],
    ["apps/dashboard/src/main.tsx", ["test/dashboard/open.ts"]],
    [
      "packages/untrusted-text/src/index.ts",
      ["packages/testkit/src/server.ts", "test/dashboard/open.ts"],
    ],
    ["packages/make-sayso/src/app-files.ts", ["test/platforms/make/app.test.ts"]],
    ["packages/triggers/src/poll.ts", ["test/platforms/make/app.test.ts"]],
    ["docs/guides/callbacks.md", ["test/guides.test.ts"]],
    ["docs/guides/make.md", []],
    ["bench/cycle.ts", []],
  ])("%s", async (file, expected) => {
    expect(existsSync(new URL(`../../${file}`, import.meta.url))).toBe(true);
    expect(await affectedBy(file)).toEqual(expected);
  });

  test("counts what was committed since the branch left main, and what is not committed", async () => {
    git("checkout", "-q", "-b", "feature");
    write("apps/server/src/main.ts", "committed");
    git("commit", "-qam", "two");
    write("bench/new.ts", "not added");
    const found = await findChangedFiles({ root: folder.path, changedSince: "main" });
    expect(found.sort()).toEqual([
      "apps/server/src/main.ts",
      "bench/new.ts",
      "packages/testkit/src/server.ts",
    ]);
    const uncommitted = await findChangedFiles({ root: folder.path, changedSince: true });
    expect(uncommitted).toEqual(["bench/new.ts"]);
  });
});
