import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const skipped = new Set(["node_modules", "dist", "data", "coverage", ".git", ".dev"]);
const code = /\.(ts|tsx|js|mjs|cjs)$/;

/** The sources of a repository, each with a key that changes when the linter's result for it could change. */
export interface LintKeys {
  /** Paths in the repository, also of generated files and of files with other rules. */
  files: readonly string[];
  /**
   * Returns a file's key. It is computed from the file's text, from all files that it imports over any number of steps
   * (types and cycles reach that far), and from everything that affects all files: versions, configuration, manifests,
   * and declarations that reach files which do not import them.
   */
  keyOf(file: string): string;
}

/** Creates the keys. Reads each file once, so later changes are not seen. */
export function createLintKeys(root: string): LintKeys {
  const all = [...walk(root, "")];
  const read = remembered((file) => readFileSync(path.join(root, file), "utf8"));
  const hashOfFile = remembered((file) =>
    existsSync(path.join(root, file)) ? hashOf(read(file)) : "none",
  );
  const describe = (files: Iterable<string>): string[] =>
    [...files].sort().map((file) => `${file} ${hashOfFile(file)}`);
  const shared = describe(all.filter((file) => decidesForAll(file, read))).join("\n");
  const importsOf = createImports(all, read);
  return {
    files: all.filter((file) => code.test(file)),
    keyOf(file) {
      const reached = new Set([file]);
      for (const one of reached) for (const next of importsOf(one)) reached.add(next);
      return hashOf([process.version, shared, ...describe(reached)].join("\n"));
    },
  };
}

function decidesForAll(file: string, read: (file: string) => string): boolean {
  return (
    /^(eslint\.config\.js|scripts\/(lint|lint-keys|import-rules)\.ts|pnpm-.*\.yaml)$/.test(file) ||
    /(^|\/)(package|tsconfig)\.json$|\.d\.ts$/.test(file) ||
    (/\.tsx?$/.test(file) && /\bdeclare (global|module)\b/.test(read(file)))
  );
}

/** Returns the files of this repository that a file imports. The lockfile covers the packages from npm. */
function createImports(
  all: readonly string[],
  read: (file: string) => string,
): (file: string) => readonly string[] {
  const known = new Set(all);
  const manifests = all.filter((file) => /^(packages|apps)\/[^/]+\/package\.json$/.test(file));
  const packages = new Map(
    manifests.map((file) => {
      const { name, exports = {} } = JSON.parse(read(file)) as Manifest;
      return [name, { folder: path.posix.dirname(file), exports }];
    }),
  );
  const resolve = (from: string, name: string): string[] => {
    if (name.startsWith(".")) return [path.posix.join(path.posix.dirname(from), name)];
    const parts = name.split("/");
    const length = name.startsWith("@") ? 2 : 1;
    const found = packages.get(parts.slice(0, length).join("/"));
    const target = found?.exports[[".", ...parts.slice(length)].join("/")];
    return found && target ? [path.posix.join(found.folder, target)] : [];
  };
  return remembered((file) => {
    if (!code.test(file) || !known.has(file)) return [];
    const { importedFiles } = ts.preProcessFile(read(file), true, true);
    return importedFiles.flatMap(({ fileName }) => resolve(file, fileName));
  });
}

interface Manifest {
  name: string;
  exports?: Record<string, string>;
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    if (entry.isDirectory() && !skipped.has(entry.name))
      yield* walk(root, `${folder}${entry.name}/`);
    else if (entry.isFile()) yield folder + entry.name;
  }
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

function remembered<T>(make: (file: string) => T): (file: string) => T {
  const made = new Map<string, T>();
  return (file) => {
    let value = made.get(file);
    if (value === undefined) {
      value = make(file);
      made.set(file, value);
    }
    return value;
  };
}
