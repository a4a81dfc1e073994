// `npm run check lint` runs ESLint over all sources, and `node scripts/lint.ts <files or folders>` over some. A file
// without faults is not checked again until its key changes (scripts/lint-keys.ts).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { createLintKeys } from "./lint-keys.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const cacheFile = path.join(root, "node_modules/.cache/lint.json");
/** The n8n package has n8n's own rules, which its own tests check. */
const foreign = "packages/n8n-nodes-sayso/";
const inRepository = (file: string): string => path.relative(root, file).split(path.sep).join("/");

const named = process.argv.slice(2).map((name) => inRepository(path.resolve(name)));
const isNamed = (file: string): boolean =>
  named.length === 0 || named.some((name) => name === "" || `${file}/`.startsWith(`${name}/`));

const { files, keyOf } = createLintKeys(root);
const eslint = new ESLint({ cwd: root });
const linted: string[] = [];
for (const file of files)
  if (!file.startsWith(foreign) && isNamed(file) && !(await eslint.isPathIgnored(file)))
    linted.push(file);
if (linted.length === 0) {
  console.error("There is no such file to lint.");
  process.exit(2);
}

const free = readCache();
const open = linted.filter((file) => free[file] !== keyOf(file));
const results = open.length > 0 ? await eslint.lintFiles(open) : [];
for (const { filePath, messages } of results) {
  const file = inRepository(filePath);
  if (messages.length === 0) free[file] = keyOf(file);
  else delete free[file];
}
mkdirSync(path.dirname(cacheFile), { recursive: true });
writeFileSync(cacheFile, JSON.stringify(free));

// A warning counts as a fault.
const faulty = results.filter(({ messages }) => messages.length > 0);
if (faulty.length > 0) {
  console.error(await (await eslint.loadFormatter("stylish")).format(faulty));
  process.exitCode = 1;
}

/** Reads the keys of the files that had no faults. */
function readCache(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(cacheFile, "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}
