import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
/* eslint-disable import-x/no-relative-packages -- the root folder is no package to import. */
import { findFolderCycles } from "../scripts/folder-cycles.ts";
import { importRules, testImports } from "../scripts/import-rules.ts";

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const root = new URL("../", import.meta.url);
const folders = ["packages", "apps"].flatMap((group) =>
  readdirSync(new URL(group, root))
    .map((name) => `${group}/${name}`)
    .filter((folder) => existsSync(new URL(`${folder}/package.json`, root))),
);

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(new URL(`${folder}/package.json`, root), "utf8")) as Manifest;
}

/** Counts `@types/pg` as `pg`, because code imports types under the name of the package that they describe. */
function namesOf(dependencies: Record<string, string> = {}): string[] {
  return Object.keys(dependencies).map((name) => name.replace(/^@types\//, ""));
}

/** Returns the names that the folder's rule doesn't allow. */
function forbidden(folder: string, names: string[]): string[] {
  const rule = importRules[folder];
  if (!rule) return names;
  const workspace = rule.workspace.map((name) => `@sayso/${name}`);
  return names.filter((name) =>
    name.startsWith("@sayso/")
      ? !workspace.includes(name)
      : rule.npm !== "declared" && !rule.npm.includes(name),
  );
}

describe.each(folders)("%s", (folder) => {
  const manifest = manifestOf(folder);

  test("has a rule that says what it may import", () => {
    expect(Object.keys(importRules)).toContain(folder);
  });

  test("depends on nothing that its rule forbids", () => {
    const names = [
      ...namesOf(manifest.dependencies),
      ...namesOf(manifest.peerDependencies),
      ...namesOf(manifest.optionalDependencies),
    ];
    expect(forbidden(folder, names)).toEqual([]);
  });

  test("takes no package of the workspace but the test kit in addition for its tests", () => {
    const testPackages = testImports.workspace.map((name) => `@sayso/${name}`);
    const names = namesOf(manifest.devDependencies).filter(
      (name) => name.startsWith("@sayso/") && !testPackages.includes(name),
    );
    expect(forbidden(folder, names)).toEqual([]);
  });
});

test("only the server depends on express", () => {
  const dependents = [...folders, "test", "bench", "."].filter((folder) => {
    const { dependencies, devDependencies } = manifestOf(folder);
    return namesOf({ ...dependencies, ...devDependencies }).includes("express");
  });
  expect(dependents).toEqual(["apps/server"]);
});

test("no rule points backwards: the packages can be put in an order", () => {
  const rules = new Map(
    Object.entries(importRules).map(([folder, rule]) => [folder.split("/")[1], rule.workspace]),
  );
  const done = new Set<string>();
  for (let before = -1; before < done.size;) {
    before = done.size;
    for (const [name, needs] of rules) {
      if (name && needs.every((need) => done.has(need))) done.add(name);
    }
  }
  expect([...done].sort()).toEqual([...rules.keys()].sort());
});

test.each(["packages/core/src", "apps/server/src"])(
  "no two folders of %s import each other, nor do more of them in a ring",
  (folder) => {
    expect(findFolderCycles(fileURLToPath(new URL(folder, root)))).toEqual([]);
  },
);
