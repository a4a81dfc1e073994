import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, HANG_MS } from "@sayso/testkit";

const run = promisify(execFile);
const fromRoot = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

const host = fromRoot("tools/n8n-host");
const pnpm = "pnpm@12.21.0";

/**
 * Installs the pinned n8n if it is missing, and prints its progress. The first installation takes about two minutes.
 */
export async function installN8n(): Promise<void> {
  const lock = readFileSync(path.join(host, "pnpm-lock.yaml"));
  const stamp = createHash("sha256").update(lock).digest("hex");
  const stampFile = path.join(host, "node_modules/.sayso-installed");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  const started = Date.now();
  console.error("Installing n8n (1.9 GB, the first time takes about two minutes) …");
  await run("npx", ["--yes", pnpm, "install", "--frozen-lockfile", "--reporter=silent"], {
    cwd: host,
    env: { ...process.env, ...forNativeAddons(), CI: "true" },
    maxBuffer: 64 * 1024 * 1024,
  });
  writeFileSync(stampFile, stamp);
  console.error(`Installed n8n in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * Compiles sqlite3 if its binary can't be fetched: with the headers that came from npm with this Node, and without full
 * optimization, which would take a minute longer than these tests spend in sqlite3.
 */
function forNativeAddons(): Record<string, string> {
  const nodedir = path.join(
    path.dirname(process.execPath),
    `../node_modules/node-${process.platform}-${process.arch}`,
  );
  return existsSync(path.join(nodedir, "include/node/node_api.h"))
    ? { npm_config_nodedir: nodedir, CFLAGS: "-O1" }
    : {};
}

/** Builds the node package and packs it as it would be published. @returns the tarball's path */
export async function packNode(folder: string): Promise<string> {
  const cwd = fromRoot("packages/n8n-nodes-sayso");
  await run(process.execPath, ["build.mjs"], { cwd });
  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], { cwd });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  if (!tarball) throw new Error(`npm pack left no tarball in ${folder}`);
  return path.join(folder, tarball);
}

/** A real n8n with the packed node in it. */
export interface N8nHost {
  readonly url: string;
  /** The folder with everything that this n8n stores. */
  readonly folder: string;
  /** Stops n8n with SIGTERM, and starts it again on the same port. */
  restart: () => Promise<void>;
  /** Kills n8n with SIGKILL, and starts it again. */
  crash: () => Promise<void>;
  /** Stops n8n. Its folder stays until `close`. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts n8n if it doesn't run. */
  start: () => Promise<void>;
  /** Runs a command of n8n's own command line in its folder. */
  command: (...args: string[]) => Promise<string>;
  close: () => Promise<void>;
}

const running = new Set<ChildProcess>();
// Kills the processes of a test run that ends early.
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/**
 * Starts n8n without a window in a folder of its own. The tarball is installed as n8n itself installs a community node.
 *
 * @param options.tarball the node package; none: an n8n without it
 */
export async function startN8n(options: {
  tarball?: string;
  env?: Record<string, string>;
}): Promise<N8nHost> {
  const folder = await mkdtemp(path.join(tmpdir(), "sayso-n8n-"));
  if (options.tarball) await installTarball(folder, options.tarball);
  const [port, brokerPort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: process.env.TMPDIR,
    N8N_USER_FOLDER: folder,
    N8N_PORT: String(port),
    N8N_LISTEN_ADDRESS: "127.0.0.1",
    N8N_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    N8N_EDITOR_BASE_URL: url,
    N8N_DIAGNOSTICS_ENABLED: "false",
    N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
    N8N_TEMPLATES_ENABLED: "false",
    N8N_PERSONALIZATION_ENABLED: "false",
    N8N_SECURE_COOKIE: "false",
    N8N_UNVERIFIED_PACKAGES_ENABLED: "true",
    N8N_COMMUNITY_PACKAGES_ALLOW_TOOL_USAGE: "true",
    N8N_RUNNERS_BROKER_PORT: String(brokerPort),
    N8N_DISABLED_MODULES: "mcp-registry",
    N8N_LOG_LEVEL: "info",
    NODE_OPTIONS: "--max-old-space-size=2048",
    ...options.env,
  };
  const program = path.join(realpathSync(path.join(host, "node_modules/n8n")), "bin/n8n");
  let child: ChildProcess | undefined;
  let output = "";

  const start = async () => {
    if (child) return;
    const started = spawn(process.execPath, [program, "start"], {
      env,
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    running.add(started);
    started.once("close", () => running.delete(started));
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    await untilReady(url, started, () => output);
  };
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once("close", resolve));
    ending.kill(signal);
    const impatient = setTimeout(() => ending.kill("SIGKILL"), 40_000);
    await gone;
    clearTimeout(impatient);
  };

  await start();
  return {
    url,
    folder,
    start,
    stop,
    async restart() {
      await stop();
      await start();
    },
    async crash() {
      await stop("SIGKILL");
      await start();
    },
    async command(...args) {
      const { stdout } = await run(process.execPath, [program, ...args], { env, cwd: folder });
      return stdout;
    },
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Installs as n8n does for a community node from the registry, but without the registry. */
async function installTarball(folder: string, tarball: string): Promise<void> {
  const nodes = path.join(folder, ".n8n", "nodes");
  await mkdir(nodes, { recursive: true });
  writeFileSync(
    path.join(nodes, "package.json"),
    JSON.stringify({ name: "installed-nodes", private: true, dependencies: {} }),
  );
  const flags = ["--ignore-scripts", "--omit=peer", "--legacy-peer-deps", "--offline", "--silent"];
  await run("npm", ["install", ...flags, tarball], { cwd: nodes });
}

async function untilReady(url: string, child: ChildProcess, logs: () => string): Promise<void> {
  const deadline = performance.now() + HANG_MS;
  for (;;) {
    const isReady = await fetch(`${url}/healthz/readiness`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady && (await hasRest(url))) return;
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`n8n did not become ready:\n${logs().slice(-4000)}`);
    await sleep(200);
  }
}

const hasRest = (url: string): Promise<boolean> =>
  fetch(`${url}/rest/settings`).then(
    (response) => response.ok,
    () => false,
  );

/** Parses stored executions with `flatted`, n8n's own copy of it. */
export const parseFlatted = (text: string): unknown => {
  const require = createRequire(
    path.join(realpathSync(path.join(host, "node_modules/n8n")), "package.json"),
  );
  return (require("flatted") as { parse: (text: string) => unknown }).parse(text);
};
