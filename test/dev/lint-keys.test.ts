import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createFolder } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// eslint-disable-next-line import-x/no-relative-packages -- the root folder is no package to import.
import { createLintKeys } from "../../scripts/lint-keys.ts";

const files: Record<string, string> = {
  "eslint.config.js": "export default [];",
  "pnpm-lock.yaml": "lockfileVersion: 9",
  "packages/a/package.json": `{ "name": "@sayso/a", "exports": { ".": "./src/index.ts", "./own": "./own.ts" } }`,
  "packages/a/src/index.ts": `export { wait } from "./wait.ts";`,
  "packages/a/src/wait.ts": `export type { Far } from "./far.ts"; export const wait = () => 1;`,
  "packages/a/src/far.ts": `export type Far = string;`,
  "packages/a/own.ts": "export const own = 1;",
  "apps/b/src/main.ts": `import { wait } from "@sayso/a"; export const main = () => wait();`,
  "apps/b/src/lazy.ts": `export const lazy = () => import("@sayso/a/own");`,
  "apps/b/src/typed.ts": `export type Own = typeof import("../../../packages/a/own.ts");`,
  "apps/b/src/ambient.ts": "declare global { interface Window { a: string } } export {};",
  "apps/b/src/alone.ts": "export const alone = 1;",
};
const linted = [
  "packages/a/src/wait.ts",
  "apps/b/src/main.ts",
  "apps/b/src/lazy.ts",
  "apps/b/src/typed.ts",
  "apps/b/src/alone.ts",
];

let folder: Awaited<ReturnType<typeof createFolder>>;
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(folder.path, file)), { recursive: true });
  writeFileSync(join(folder.path, file), text);
};
const readKeys = () => {
  const { keyOf } = createLintKeys(folder.path);
  return new Map(linted.map((file) => [file, keyOf(file)]));
};
/** Returns the files whose key differs after a change, and undoes the change. */
const unsettledBy = (change: () => void): string[] => {
  const before = readKeys();
  change();
  const after = readKeys();
  for (const [file, text] of Object.entries(files)) write(file, text);
  return linted.filter((file) => before.get(file) !== after.get(file));
};

beforeAll(async () => {
  folder = await createFolder();
  for (const [file, text] of Object.entries(files)) write(file, text);
});
afterAll(() => folder?.remove());

describe("a file is linted again when", () => {
  test.each([
    ["its own text changes", "apps/b/src/alone.ts", ["apps/b/src/alone.ts"]],
    [
      "a type changes that it reaches over three imports, one of them of a package",
      "packages/a/src/far.ts",
      ["packages/a/src/wait.ts", "apps/b/src/main.ts"],
    ],
    [
      "what it imports later, or only as a type, changes",
      "packages/a/own.ts",
      ["apps/b/src/lazy.ts", "apps/b/src/typed.ts"],
    ],
    ["a declaration for all files changes", "apps/b/src/ambient.ts", linted],
    ["the configuration changes", "eslint.config.js", linted],
    ["a version changes", "pnpm-lock.yaml", linted],
    ["a manifest changes", "packages/a/package.json", linted],
  ])("%s", (_when, file, expected) => {
    expect(unsettledBy(() => write(file, `${files[file]} `))).toEqual(expected);
  });

  test("a file that it imports is gone", () => {
    expect(unsettledBy(() => rmSync(join(folder.path, "packages/a/src/far.ts")))).toEqual([
      "packages/a/src/wait.ts",
      "apps/b/src/main.ts",
    ]);
  });
});
