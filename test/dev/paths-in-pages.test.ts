import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { must } from "@sayso/must";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const lsFiles = (...args: string[]): string[] =>
  execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", ...args], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\0")
    .filter((file) => file !== "" && existsSync(join(root, file)));

/** The names at the top of the repository with which a path begins. */
const tops = new Set(lsFiles().map((file) => must(file.split("/")[0])));
/** Folders that builds, tests and servers make. */
const isMade = /(^|\/)(node_modules|dist|data|release|coverage|\.dev)(\/|$)|^bench\/results\b/;
/** A file of the repository, by the end of its name. */
const isSource =
  /^[\w@.{][\w@.,{}*/-]*\/[\w.,{}*-]+\.(ts|tsx|mjs|js|sql|md|json|yaml|yml|css|html|txt)$/;

/** The text of a page without its blocks of code. */
const withoutBlocks = (text: string): string =>
  text.replace(/^([ \t]*)(```|~~~)[^]*?^\1\2[ \t]*$/gm, "");

/** Returns the paths in backticks: those that begin at the top of the repository, and names of source files in a folder. */
const quotedPaths = (text: string): string[] =>
  [...text.matchAll(/`([^`\s]+)`/g)]
    .map((match) => must(match[1]).replace(/:\d+$/, ""))
    .filter((path) => {
      const [first, second] = path.split("/");
      return second !== undefined && (tops.has(must(first)) || isSource.test(path));
    })
    .filter((path) => !isMade.test(path) && !/[<>$…]/.test(path));

/** Returns the targets of links to files, without the part after `#`. */
const linkedPaths = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
    .map((match) => must(match[1]))
    .filter((target) => !/^[a-z]+:/.test(target) && !target.startsWith("/"));

const exists = (path: string): boolean =>
  /[*{]/.test(path) ? globSync(path, { cwd: root }).length > 0 : existsSync(join(root, path));

// A report names files of other programs.
const pages = lsFiles("*.md", ":!docs/reports").map((page) => {
  const text = readFileSync(join(root, page), "utf8");
  return { page, text, folder: dirname(page) };
});

test("every path that a page names or links to exists", () => {
  const missing = pages.flatMap(({ page, text, folder }) => [
    ...quotedPaths(withoutBlocks(text))
      // A package's page names files of the package.
      .filter((path) => !exists(path) && !exists(join(folder, path)))
      .map((path) => `${page}: \`${path}\``),
    ...linkedPaths(withoutBlocks(text))
      .filter((target) => !exists(normalize(join(folder, target))))
      .map((target) => `${page}: (${target})`),
  ]);
  expect(missing).toEqual([]);
});

test("the search finds paths in backticks and links, as a path, a glob or a choice of names", () => {
  const found = quotedPaths(
    "`apps/server/src/nowhere.ts`, `packages/{core,gone}/src/x.ts`, `core/a.ts:12`, `GET /api/v1/approvals`, `a/b`, `apps/server/dist/x.js`",
  );
  expect(found).toEqual([
    "apps/server/src/nowhere.ts",
    "packages/{core,gone}/src/x.ts",
    "core/a.ts",
  ]);
  expect(linkedPaths("[a](docs/no.md#x) [b](https://example.com/) [c](#here)")).toEqual([
    "docs/no.md",
  ]);
  expect(exists("packages/database/sql/migrations/*.sql")).toBe(true);
  expect(exists("packages/*/src/nowhere.ts")).toBe(false);
  expect(pages.length).toBeGreaterThan(40);
});
