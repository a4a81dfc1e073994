import { execFile, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { must } from "@sayso/must";
import { freePort, until } from "@sayso/testkit";
import type { Contender } from "./full-cycles.ts";
import { cpuOf, memoryOf } from "./processes.ts";
import { recordPeerVersion } from "./report.ts";

const run = promisify(execFile);

/** The same n8n, from the same lockfile, as `npm run test:n8n` uses. */
const host = fileURLToPath(new URL("../tools/n8n-host", import.meta.url));
const PNPM = "pnpm@12.21.0";
const PATIENCE_MS = 180_000;

/**
 * Starts n8n's own wait: a workflow that answers with its resume address, sleeps, and calls back when it is resumed.
 */
export async function startN8nPeer(): Promise<Contender> {
  await install();
  const folder = await mkdtemp(join(tmpdir(), "sayso-bench-n8n-"));
  const [port, brokerPort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const startedAt = performance.now();
  const program = join(realpathSync(join(host, "node_modules/n8n")), "bin/n8n");
  const child = spawn(process.execPath, [program, "start"], {
    cwd: folder,
    env: environment(folder, port, brokerPort),
    stdio: ["ignore", "ignore", "ignore"],
  });
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    const impatient = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(impatient);
    process.off("exit", onExit);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await until(() => answers(`${url}/healthz/readiness`), "n8n is ready");
    const startMs = performance.now() - startedAt;
    const hook = await addWorkflow(url);
    return {
      name: "n8n wait and resume (SQLite)",
      startMs,
      atOnceMax: 20,
      async ask(callbackUrl) {
        const id = randomUUID();
        const { handle } = (await post(hook, { id, callbackUrl })) as { handle: string };
        return { id, handle };
      },
      answer: (handle) => resume(handle),
      cpuUs: () => cpuOf(must(child.pid)),
      memoryMb: () => memoryOf(must(child.pid)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function install(): Promise<void> {
  const lock = readFileSync(join(host, "pnpm-lock.yaml"));
  const stamp = createHash("sha256").update(lock).digest("hex");
  const stampFile = join(host, "node_modules/.sayso-installed");
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
    console.error("Installing n8n (1.9 GB, about two minutes) …");
    // Compiles sqlite3 if its binary can't be fetched: with the headers that came from npm with this Node.
    const nodedir = join(
      dirname(process.execPath),
      `../node_modules/node-${process.platform}-${process.arch}`,
    );
    const headers = existsSync(join(nodedir, "include/node/node_api.h"))
      ? { npm_config_nodedir: nodedir }
      : {};
    await run("npx", ["--yes", PNPM, "install", "--frozen-lockfile", "--reporter=silent"], {
      cwd: host,
      env: { ...process.env, ...headers, CI: "true" },
      maxBuffer: 64 * 1024 * 1024,
    });
    writeFileSync(stampFile, stamp);
  }
  const manifest = readFileSync(join(host, "node_modules/n8n/package.json"), "utf8");
  recordPeerVersion("n8n", (JSON.parse(manifest) as { version: string }).version);
}

const environment = (folder: string, port: number, brokerPort: number) => ({
  PATH: process.env.PATH,
  HOME: folder,
  TMPDIR: process.env.TMPDIR,
  NODE_ENV: "production",
  N8N_USER_FOLDER: folder,
  N8N_PORT: String(port),
  N8N_LISTEN_ADDRESS: "127.0.0.1",
  WEBHOOK_URL: `http://127.0.0.1:${port}/`,
  N8N_EDITOR_BASE_URL: `http://localhost:${port}`,
  N8N_RUNNERS_BROKER_PORT: String(brokerPort),
  N8N_DIAGNOSTICS_ENABLED: "false",
  N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
  N8N_TEMPLATES_ENABLED: "false",
  N8N_PERSONALIZATION_ENABLED: "false",
  N8N_SECURE_COOKIE: "false",
  N8N_DISABLED_MODULES: "mcp-registry",
  N8N_LOG_LEVEL: "error",
  NODE_OPTIONS: "--max-old-space-size=2048",
});

/** Adds the workflow. @returns the address that starts it */
async function addWorkflow(url: string): Promise<string> {
  const path = randomUUID();
  await until(() => answers(`${url}/rest/settings`), "n8n's REST API answers");
  const setUp = await fetch(`${url}/rest/owner/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      email: "ada@example.com",
      password: "Seven-quiet-herons-7",
      firstName: "Ada",
      lastName: "Okafor",
    }),
  });
  if (!setUp.ok) throw new Error(`n8n's owner could not be set up: ${await setUp.text()}`);
  const cookie = setUp.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const rest = async (address: string, body: unknown) => {
    const answer = (await post(`${url}/rest${address}`, body, { cookie })) as {
      data: { id: string; versionId: string };
    };
    return answer.data;
  };
  const { id, versionId } = await rest("/workflows", workflow(path));
  await rest(`/workflows/${id}/activate`, { versionId });
  const hook = `${url}/webhook/${path}`;
  // An activated workflow isn't registered at once. The wait of this attempt never ends.
  await until(
    () =>
      post(hook, {}).then(
        () => true,
        () => false,
      ),
    "the webhook is registered",
  );
  return hook;
}

function workflow(path: string) {
  const nodes = [
    {
      name: "Hook",
      type: "n8n-nodes-base.webhook",
      typeVersion: 2,
      webhookId: randomUUID(),
      parameters: { httpMethod: "POST", path, responseMode: "responseNode" },
    },
    {
      name: "Answer",
      type: "n8n-nodes-base.respondToWebhook",
      typeVersion: 1.1,
      parameters: {
        respondWith: "json",
        responseBody: "={{ JSON.stringify({ handle: $execution.resumeUrl }) }}",
      },
    },
    {
      name: "Wait",
      type: "n8n-nodes-base.wait",
      typeVersion: 1.1,
      webhookId: randomUUID(),
      parameters: { resume: "webhook", httpMethod: "POST" },
    },
    {
      name: "Tell",
      type: "n8n-nodes-base.httpRequest",
      typeVersion: 4.2,
      parameters: {
        method: "POST",
        url: "={{ $('Hook').item.json.body.callbackUrl }}",
        sendBody: true,
        specifyBody: "json",
        jsonBody: "={{ JSON.stringify({ id: $('Hook').item.json.body.id }) }}",
      },
    },
  ];
  const next = (node: string) => ({ main: [[{ node, type: "main", index: 0 }]] });
  return {
    name: "Wait for a decision",
    settings: { executionOrder: "v1" },
    nodes: nodes.map((node, i) => ({ id: randomUUID(), position: [i * 200, 0], ...node })),
    connections: { Hook: next("Answer"), Answer: next("Wait"), Wait: next("Tell") },
  };
}

/** Posts on a new connection, because n8n closes idle ones, and a call on a closed connection is lost. */
async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

/**
 * Resumes an execution. While n8n still stores one that falls asleep, it doesn't know it, so this tries again with
 * longer and longer pauses.
 */
async function resume(handle: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let pauseMs = 50; ; pauseMs = Math.min(1000, pauseMs * 2)) {
    const response = await fetch(handle, {
      method: "POST",
      headers: { "content-type": "application/json", connection: "close" },
      body: "{}",
    });
    const text = await response.text();
    if (response.ok) return;
    if (performance.now() > deadline)
      throw new Error(`n8n did not resume: ${response.status} ${text.slice(0, 500)}`);
    await sleep(pauseMs);
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );
