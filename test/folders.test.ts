import { existsSync, readdirSync } from "node:fs";
import { must } from "@sayso/must";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url);

/** The largest number of files directly in one folder, tests included: as many as a reader can overview. */
const FILES_MAX = 30;

/** Names that don't describe the contents of a file. */
const emptyNames = /^(common|helpers?|misc|parts?|pieces|utils?|words)$/;

interface Folder {
  path: string;
  files: string[];
}

/** Returns the folder and all folders below it. */
function readFolders(path: string): Folder[] {
  const entries = readdirSync(new URL(`${path}/`, root), { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const below = entries.filter((entry) => entry.isDirectory());
  return [{ path, files }, ...below.flatMap(({ name }) => readFolders(`${path}/${name}`))];
}

const folders = ["packages", "apps"].flatMap((group) =>
  readdirSync(new URL(`${group}/`, root))
    .map((name) => `${group}/${name}/src`)
    .filter((path) => existsSync(new URL(`${path}/`, root)))
    .flatMap(readFolders),
);

test(`no folder holds more than ${FILES_MAX} files`, () => {
  const full = folders
    .filter(({ files }) => files.length > FILES_MAX)
    .map(({ path, files }) => `${path}: ${files.length}`);
  expect(full).toEqual([]);
});

test("every file is named for what it holds", () => {
  const unnamed = folders.flatMap(({ path, files }) =>
    files
      .filter((file) => emptyNames.test(must(file.split(".")[0])))
      .map((file) => `${path}/${file}`),
  );
  expect(unnamed).toEqual([]);
});
