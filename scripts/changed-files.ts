import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { importRules } from "./import-rules.ts";

const execute = promisify(execFile);

/**
 * Finds files for vitest's `--changed`: the files that differ from the place where the branch left `changedSince`, the
 * uncommitted ones, and the test sources that reach one of these without an import ({@link findReached}).
 *
 * @returns paths in the repository
 */
export async function findChangedFiles(options: {
  root: string;
  changedSince?: string | boolean;
}): Promise<string[]> {
  const { root, changedSince } = options;
  const git = async (...args: string[]) =>
    (await execute("git", args, { cwd: root })).stdout.split("\0").filter((file) => file !== "");
  const changed = await Promise.all([
    typeof changedSince === "string"
      ? git("diff", "--name-only", "-z", `${changedSince}...HEAD`)
      : [],
    git("diff", "--cached", "--name-only", "-z"),
    git("ls-files", "-z", "--other", "--modified", "--exclude-standard"),
  ]);
  const files = [...new Set(changed.flat())];
  return [...files, ...findReached(files, readTestSources(root))];
}

/** Names with which a test source starts, bundles or opens a folder, beside the folder's own name. */
const otherNames: Record<string, RegExp> = {
  "apps/server": /sayso\.js\b|server\/build\.ts|scripts\/dev\//,
  "apps/dashboard": /(?<![\w/-])\/app(?![\w-])|scripts\/dev\//,
};

/**
 * Finds the test sources that reach a changed file without importing it: they start the built server, open the
 * dashboard, bundle a package, or read the file by its name.
 *
 * @param changed paths in the repository
 * @param sources texts by path
 */
function findReached(changed: readonly string[], sources: ReadonlyMap<string, string>): string[] {
  const folders = new Set(changed.map(folderOf).flatMap(withDependents));
  // The dashboard uses the style of the server's pages too.
  if (changed.some((file) => file.includes("/assets/"))) folders.add("apps/dashboard");
  const fileNames = changed
    .filter((file) => !/\.tsx?$/.test(file))
    .map((file) => path.posix.basename(file));
  return [...sources]
    .filter(
      ([, text]) =>
        fileNames.some((name) => text.includes(name)) ||
        [...folders].some(
          (folder) =>
            text.includes(`${path.posix.basename(folder)}/`) || otherNames[folder]?.test(text),
        ),
    )
    .map(([file]) => file);
}

const folderOf = (file: string): string => file.split("/").slice(0, 2).join("/");

/**
 * Returns a folder and all folders that depend on it, over any number of steps; nothing for a folder outside the
 * product.
 */
function withDependents(folder: string): string[] {
  if (!(folder in importRules)) return [];
  const found = new Set([folder]);
  for (const name of found) {
    const short = path.posix.basename(name);
    for (const [dependent, { workspace }] of Object.entries(importRules))
      if (workspace.includes(short)) found.add(dependent);
  }
  found.delete("packages/testkit");
  return [...found];
}

/**
 * Reads the texts of the tests and of their helpers. Leaves out the set-up of a run, because other files start the
 * programs that it builds.
 */
function readTestSources(root: string): Map<string, string> {
  const isTestSource = (file: string) =>
    !/(^|[/-])set-?up\.ts$/.test(file) &&
    (/^(test\/|packages\/testkit\/)/.test(file)
      ? file.endsWith(".ts")
      : /\.test\.ts$|-process\.ts$/.test(file));
  const files = ["test", "packages", "apps"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      .map((file) => file.split(path.sep).join("/"))
      .filter((file) => !file.includes("node_modules/") && isTestSource(file)),
  );
  return new Map(files.map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
}
