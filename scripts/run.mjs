// `npm start`, `npm test`, `npm run check` … on a machine with only Node 20 and npm: installs the missing packages
// (Node 24 included), then runs the task on Node 24. Uses only Node's own modules.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24, runToEnd } from "../apps/server/bin/node24.js";
import { fullRounds } from "./full-rounds.mjs";

const pnpm = "pnpm@12.21.0";
const root = fileURLToPath(new URL("..", import.meta.url));
const stampFile = path.join(root, "node_modules/.sayso-installed");
const [task, ...args] = process.argv.slice(2);

const benches = [
  "all",
  "cycle",
  "callback",
  "poll",
  "stream",
  "feed",
  "list",
  "visibility",
  "start",
  "memory",
  "fleet",
  "scaling",
];

/** The surfaces of the documents 001_ to 004_. test/seed-replay.ts replays 000_. */
const seedSurfaces = [undefined, "goals", "runs", "requests", "changes"];

/**
 * The options of prettier's cache, which works by content. Its keys contain versions and options. Without these options
 * Prettier deletes the cache.
 */
const prettierCache = [
  "--cache",
  "--cache-strategy=content",
  "--cache-location=node_modules/.cache/prettier/.prettier-cache",
];

const checks = {
  format: () => tool("prettier", "--check", ...prettierCache, "--log-level=warn", "."),
  lint: () => node24("scripts/lint.ts"),
  types: async () =>
    (await tool("typescript:tsc", "--noEmit")) ||
    tool("typescript:tsc", "--noEmit", "--project", "apps/dashboard"),
  unused: () => tool("knip"),
  generated: () => node24("scripts/generate.ts", "--check"),
};

const tasks = {
  dev: () => node24With({ ownGroup: true }, "scripts/dev/dev.ts", ...args),
  start: async () =>
    (await build()) || node24With({ ownGroup: true }, "apps/server/bin/sayso.js", "serve", ...args),
  test: async () => (await build()) || tool("vitest", "run", ...args.map(sinceMain)),
  "test:n8n": () => testN8n(),
  "test:full": () => testFull(),
  check: () => runChecks(args.length > 0 ? args : Object.keys(checks)),
  generate: () => node24("scripts/generate.ts", ...args),
  "validate:make": () => node24("packages/make-sayso/src/validate.ts", ...args),
  "deploy:make": () => node24("packages/make-sayso/src/deploy.ts", ...args),
  bench: () => runBench(args[0] ?? "all"),
  change: () => tool("@changesets/cli:changeset", ...args),
  release: () => node24("scripts/release.ts", ...args),
  build: async () => (await build()) || node24("packages/client/build.ts"),
  format: () => tool("prettier", "--write", ...prettierCache, "--log-level=warn", "."),
};

if (!Object.hasOwn(tasks, task)) {
  console.error(`Usage: npm run ${Object.keys(tasks).join(" | ")}`);
  process.exit(2);
}
process.chdir(root);
process.exitCode = (await install()) || (await tasks[task]());

/** Installs, unless node_modules already matches the lockfile and the manifests. Quiet unless it fails. */
async function install() {
  const stamp = installStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp && findNode24()) return 0;

  const started = Date.now();
  console.error("Installing (the first time takes about a minute) …");
  const log = path.join(mkdtempSync(path.join(tmpdir(), "sayso-install-")), "install.log");
  const output = openSync(log, "w");
  const code = await runToEnd(
    "npx",
    ["--yes", pnpm, "install", "--frozen-lockfile", "--reporter=append-only"],
    {
      env: { ...process.env, CI: "true" },
      stdio: ["ignore", output, output],
      ownGroup: true,
      signalGroup: true,
      shell: process.platform === "win32",
    },
  );
  if (code !== 0) {
    console.error(readFileSync(log, "utf8"));
    console.error(`Installing failed (${pnpm} install, exit code ${code}).`);
    return code;
  }
  writeFileSync(stampFile, stamp);
  console.error(`Installed in ${seconds(started)}.`);
  return 0;
}

function installStamp() {
  const hash = createHash("sha256").update(`${pnpm} ${process.platform} ${process.arch}\n`);
  const folders = ["packages", "apps"].flatMap((group) =>
    readdirSync(group).map((name) => `${group}/${name}`),
  );
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"]) {
    hash.update(readFileSync(file));
  }
  for (const folder of [...folders.sort(), "test", "bench"]) {
    const manifest = `${folder}/package.json`;
    if (existsSync(manifest)) hash.update(manifest).update(readFileSync(manifest));
  }
  return hash.digest("hex");
}

async function runChecks(names) {
  const failed = [];
  const unknown = names.filter((name) => !Object.hasOwn(checks, name));
  if (unknown.length > 0) {
    console.error(
      `No such check: ${unknown.join(", ")}. There are: ${Object.keys(checks).join(", ")}.`,
    );
    return 2;
  }
  // Each check keeps one processor busy, so two at once take little more time than the longest, which is the first.
  const waiting = names.toSorted((a, b) => Number(b === "lint") - Number(a === "lint"));
  const runNext = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const started = Date.now();
      const code = await checks[name]();
      if (code !== 0) failed.push(name);
      console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds(started)})`);
    }
  };
  await Promise.all([runNext(), runNext()]);
  if (failed.length > 0) console.error(`Check failed: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

/** Tests the node package in the real n8n. n8n takes 1.9 GB, so it is installed only for this, the first time. */
async function testN8n() {
  const started = Date.now();
  console.error(
    "Trying n8n-nodes-sayso in the real n8n: about six minutes, and two more the first time, to install n8n …",
  );
  const code =
    (await build()) || (await tool("vitest", "run", "--config=vitest.n8n.config.ts", ...args));
  console.error(`Tried n8n-nodes-sayso in ${seconds(started)}.`);
  return code;
}

/**
 * Runs every test at its full rounds, which takes hours. With `--seeds FOLDER` it also replays the documents of the
 * five APIs, which are in the order 000_ to 004_ there. Further arguments narrow the test files.
 */
async function testFull() {
  for (const [name, rounds] of Object.entries(fullRounds)) process.env[name] ??= String(rounds);
  const at = args.indexOf("--seeds");
  const [, seeds] = at < 0 ? [] : args.splice(at, 2);
  const codes = [await build(), await tool("vitest", "run", ...args)];
  if (args.length === 0) codes.push(await testN8n());
  if (seeds !== undefined) {
    for (const file of readdirSync(seeds).sort()) {
      const surface = seedSurfaces[Number(file.slice(0, 3))];
      const script = surface ? `test/surfaces/${surface}/seed-replay.ts` : "test/seed-replay.ts";
      codes.push(await node24(script, "--seed", path.join(seeds, file)));
    }
  }
  return Math.max(...codes);
}

async function runBench(name) {
  if (benches.includes(name)) return (await build()) || node24(`bench/${name}.ts`);
  console.error(`No such bench: ${name}. There are: ${benches.join(", ")}.`);
  return 2;
}

/** Gives `--changed` without a value its meaning: changes since the branch left main, and uncommitted ones. */
function sinceMain(arg) {
  if (arg !== "--changed") return arg;
  const isKnown = (name) =>
    spawnSync("git", ["rev-parse", "--quiet", "--verify", name], { stdio: "ignore" }).status === 0;
  const base = ["origin/main", "main"].find(isKnown);
  return base === undefined ? arg : `${arg}=${base}`;
}

function build() {
  return node24("apps/server/build.ts");
}

/**
 * Runs a command of an installed package: `tool("eslint", …)`, or `tool("typescript:tsc", …)` where the names differ.
 */
function tool(name, ...toolArgs) {
  const [packageName, command = packageName] = name.split(":");
  const folder = path.join("node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  return node24(path.join(folder, typeof bin === "string" ? bin : bin[command]), ...toolArgs);
}

function node24(...nodeArgs) {
  return node24With({}, ...nodeArgs);
}

/** Runs Node 24. `node` is Node 24 also for the processes that the command itself starts. Logs are plain text. */
function node24With(options, ...nodeArgs) {
  const PATH = [path.join(root, "node_modules/.bin"), process.env.PATH].join(path.delimiter);
  const plain = !process.stdout.isTTY && !process.env.FORCE_COLOR;
  const env = { ...process.env, PATH, ...(plain && { NO_COLOR: "1" }) };
  return runToEnd(findNode24(), nodeArgs, { env, ...options });
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
