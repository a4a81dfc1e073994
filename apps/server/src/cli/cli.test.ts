import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSayso, type SaysoProcess } from "./sayso-process.ts";

let folder: string;
let env: Record<string, string>;
let server: SaysoProcess;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-cli-"));
  await chmod(folder, 0o711);
  env = { SAYSO_DATA_DIR: join(folder, "data"), PORT: String(await freePort()) };
  server = runSayso(["serve"], env);
  while (!server.stdout().includes("Vote (") && server.child.exitCode === null) await sleep(20);
  expect(server.stdout(), server.stderr()).toContain("Vote (");
  key = must(/gk_[0-9a-f]{64}/.exec(server.stdout()))[0];
});

afterAll(async () => {
  server.child.kill("SIGTERM");
  await server.ended;
  await rm(folder, { recursive: true, force: true });
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

/** Runs a verb to its end. */
async function sayso(args: readonly string[], more: Record<string, string> = {}) {
  const run = runSayso(args, { ...env, SAYSO_API_KEY: key, ...more });
  return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() };
}

async function json<T>(args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await sayso([...args, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as T;
}

async function api(
  path: string,
  init: RequestInit & { by?: string } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { Authorization: `Bearer ${init.by ?? key}`, "Content-Type": "application/json" };
  const response = await fetch(`http://localhost:${env.PORT}/api/v1${path}`, { ...init, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Starts `sayso ask` and waits until the request exists. */
async function startAsking(args: readonly string[]) {
  const run = runSayso(["ask", ...args], { ...env, SAYSO_API_KEY: key });
  await expect.poll(run.stderr).toContain("Waiting for a decision: http");
  return { ...run, id: must(must(/requests\/([0-9a-f-]{36})/.exec(run.stderr()))[1]) };
}

describe("people, keys and tokens, while the server runs", () => {
  test("a person is added, listed, gets a new password, is disabled and let in again", async () => {
    const made = await json<{ id: string; invitation_url: string }>([
      "user",
      "create",
      "ada@example.com",
      "--role",
      "admin",
    ]);
    expect(made.invitation_url).toMatch(new RegExp(`^http://localhost:${env.PORT}/reset/`));
    const people = await json<{ email: string; isDisabled: boolean }[]>(["user", "list"]);
    expect(people.map(({ email }) => email)).toContain("ada@example.com");
    const { token } = await json<{ token: string }>(["token", "create", "ada@example.com"]);
    expect((await api("/approvals", { by: token })).status).toBe(200);
    expect((await sayso(["user", "disable", "ada@example.com"])).stdout).toBe("ada is disabled.\n");
    await expect.poll(async () => (await api("/approvals", { by: token })).status).toBe(401);
    expect((await sayso(["user", "reset-password", "ada@example.com"])).code).toBe(1);
    expect((await sayso(["user", "disable", "ada@example.com", "--undo"])).code).toBe(0);
    expect((await sayso(["user", "reset-password", "ada@example.com"])).stdout).toContain(
      "/reset/",
    );
  });

  test("a key may ask at once, decide only if told so, and ends when it is revoked", async () => {
    const asks = await json<{ id: string; key: string }>(["key", "create", "--name", "asker"]);
    const decides = await json<{ key: string }>([
      "key",
      "create",
      "--name",
      "decider",
      "--can-decide",
    ]);
    const { body } = await api("/approvals", {
      method: "POST",
      by: asks.key,
      body: '{"title":"t","description":"d","priority":"low"}',
    });
    const decide = (by: string) =>
      api(`/approvals/${String(body.id)}`, { method: "PATCH", by, body: '{"decision":"approve"}' });
    expect((await decide(asks.key)).status).toBe(403);
    expect((await decide(decides.key)).status).toBe(200);
    const forOther = ["key", "create", "--can-decide", "--owner", "ada@example.com"];
    expect(await sayso(forOther)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("in their name: leave out --can-decide") as string,
    });
    expect((await sayso(["key", "revoke", asks.key.slice(0, 11)])).code).toBe(0);
    await expect.poll(async () => (await api("/approvals", { by: asks.key })).status).toBe(401);
    const list = (await sayso(["key", "list"])).stdout;
    expect(list).toMatch(/asker +revoked/);
    expect(list).not.toContain(asks.key.slice(0, 20));
  });

  test("a goals key does what its scopes say, until it is revoked", async () => {
    const create = ["key", "create", "--name", "dashboard", "--goals"];
    const { key } = await json<{ key: string }>([...create, "kpis:read, okrs:read"]);
    expect(key).toMatch(/^okrt_[0-9a-f]{64}$/);
    const statusOf = async (path: string) => (await api(path, { by: key })).status;
    expect([await statusOf("/kpis"), await statusOf("/review-cycles")]).toEqual([200, 403]);
    expect((await sayso(["key", "list"])).stdout).toMatch(/dashboard +valid +okrs:read, kpis:read/);
    expect((await sayso(["key", "revoke", key])).code).toBe(0);
    await expect.poll(() => statusOf("/kpis")).toBe(401);
    expect(await sayso([...create, "approvals:write"])).toMatchObject({ code: 1 });
  });

  test("a key for a platform, or with defaults and a rate of its own", async () => {
    interface Made {
      key: string;
      can_decide: boolean;
      rate_limit_per_hour: number;
      default_title: string | null;
    }
    const make = (...args: string[]) => json<Made>(["key", "create", ...args]);
    const platform = await make("--preset", "make");
    expect(platform).toMatchObject({
      ...{ rate_limit_per_hour: 1000, can_decide: false, can_decide_own: false },
      ...{ default_title: "Approval request", default_priority: "medium" },
    });
    const ask = (by: string) => api("/approvals", { method: "POST", by, body: "{}" });
    expect(await ask(platform.key)).toMatchObject({
      status: 201,
      body: { title: "Approval request", priority: "medium", status: "pending" },
    });
    const own = ["--title", "Form", "--description", "Sent", "--priority", "low", "--rate", "7"];
    const form = await make(...own);
    expect(await ask(form.key)).toMatchObject({
      body: { title: "Form", description: "Sent", priority: "low" },
    });
    expect(form.rate_limit_per_hour).toBe(7);
    expect((await make("--preset", "n8n", "--rate", "50")).rate_limit_per_hour).toBe(50);
    const refused = [
      ["--rate", "0"],
      ["--rate", "10001"],
      ["--preset", "slack"],
      ["--priority", "urgent"],
      ["--goals", "kpis:read", "--preset", "n8n"],
    ];
    for (const args of refused)
      expect([args, (await sayso(["key", "create", ...args])).code]).toEqual([args, 1]);
  });

  test("what is not there or not right is said in one line, or as JSON", async () => {
    expect(await sayso(["user", "disable", "nobody@example.com"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "sayso: nobody@example.com not found\n",
    });
    const { code, stderr } = await sayso(["key", "revoke", "gk_00000000", "--json"]);
    expect([code, (JSON.parse(stderr) as { error: unknown }).error]).toEqual([
      1,
      expect.objectContaining({ message: expect.stringContaining("sayso key list") as string }),
    ]);
  });
});

describe("asking", () => {
  test("a key whose calls are used up: ask says so, and goes on by itself", async () => {
    // Refuses the first calls as a server does whose hour is used up, and passes on the others.
    const refusals = { POST: 2, GET: 1 };
    const limited = createHttpServer((request, response) => {
      const method = request.method as keyof typeof refusals;
      if (refusals[method] > 0) {
        refusals[method] -= 1;
        const error = { code: "RATE_LIMITED", message: "More than 100 requests in this hour" };
        response.writeHead(429, { "Retry-After": "1" }).end(JSON.stringify({ error }));
        return;
      }
      const target = `http://localhost:${env.PORT}${request.url ?? ""}`;
      const { authorization = "" } = request.headers;
      request.setEncoding("utf8");
      let sent = "";
      request.on("data", (piece: string) => (sent += piece));
      request.on("end", () => {
        const headers = { Authorization: authorization, "Content-Type": "application/json" };
        void fetch(target, { method, headers, ...(sent && { body: sent }) }).then(async (answer) =>
          response.writeHead(answer.status).end(await answer.text()),
        );
      });
    }).listen(0, "127.0.0.1");
    await new Promise((listening) => limited.once("listening", listening));
    const { port } = limited.address() as { port: number };
    try {
      const asking = await startAsking(["Deploy?", "--url", `http://127.0.0.1:${port}`]);
      const reported =
        /Rate limit exceeded \(More than 100 requests in this hour\)\. Continuing in \d+ s/g;
      await expect.poll(() => asking.stderr().match(reported)).toHaveLength(3);
      await sayso(["request", "decide", asking.id, "approve"]);
      expect(await asking.ended).toBe(0);
    } finally {
      limited.closeAllConnections();
      limited.close();
    }
  });

  test.each([
    ["approve", 0, "Approved by First key, for First admin: fine\n"],
    ["reject", 10, "Rejected by First key, for First admin: fine\n"],
  ])("%s ends with %i", async (decision, code, line) => {
    const asking = await startAsking(["Deploy?"]);
    expect(
      (await sayso(["request", "decide", asking.id, decision, "--comment", "fine"])).code,
    ).toBe(0);
    expect([await asking.ended, asking.stdout()]).toEqual([code, line]);
  });

  test("ends with 12 when the request is cancelled, and prints it as JSON", async () => {
    const asking = await startAsking(["Deploy?", "--json"]);
    await api(`/approvals/${asking.id}`, { method: "DELETE" });
    expect(await asking.ended).toBe(12);
    expect(JSON.parse(asking.stdout())).toMatchObject({ id: asking.id, status: "cancelled" });
  });

  test("ends with 13 where no answer can come: no key, a wrong key, a wrong option, no question", async () => {
    for (const args of [["--key", "gk_wrong", "Deploy?"], ["--priority", "huge", "Deploy?"], []]) {
      expect((await sayso(["ask", ...args])).code).toBe(13);
    }
    expect((await sayso(["ask", "Deploy?"], { SAYSO_API_KEY: "" })).code).toBe(13);
  });

  test("interrupted, it ends with 13 and the request stays open; or is cancelled, if wanted", async () => {
    const asking = await startAsking(["Deploy?"]);
    asking.child.kill("SIGINT");
    expect(await asking.ended).toBe(13);
    expect(asking.stderr()).toContain("The request is still pending");
    expect((await api(`/approvals/${asking.id}`)).body.status).toBe("pending");
    const tidy = await startAsking(["Deploy?", "--cancel-on-exit"]);
    tidy.child.kill("SIGINT");
    expect(await tidy.ended).toBe(13);
    expect((await api(`/approvals/${tidy.id}`)).body.status).toBe("cancelled");
  });

  test("survives a restart of the server, and asks once only", async () => {
    const asking = await startAsking(["Restart?"]);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    await expect.poll(asking.stderr).toContain("Retrying: no connection");
    server = runSayso(["serve"], env);
    await expect.poll(server.stdout).toContain("Sayso is ready");
    expect((await sayso(["request", "decide", asking.id, "approve"])).code).toBe(0);
    expect(await asking.ended).toBe(0);
    expect((await api("/approvals?search=Restart")).body.total).toBe(1);
  });
});

test("a request is made without waiting", async () => {
  const { id } = await json<{ id: string }>([
    "request",
    "create",
    "Later?",
    "--priority",
    "high",
    "--metadata",
    '{"a":1}',
  ]);
  expect((await api(`/approvals/${id}`)).body).toMatchObject({
    title: "Later?",
    priority: "high",
    metadata: { a: 1 },
    status: "pending",
  });
});

describe("the doctor", () => {
  test("finds nothing wrong with a running server", async () => {
    const { ok, checks } = await json<{ ok: boolean; checks: { name: string; ok: boolean }[] }>([
      "doctor",
    ]);
    expect([ok, checks.filter((check) => !check.ok)]).toEqual([true, []]);
    expect(checks.map(({ name }) => name)).toEqual([
      "configuration",
      "Node",
      "data directory",
      "secret",
      "database",
      "migrations",
      "clock",
      "rights",
      "deliveries",
      "votes",
      "port",
      "address",
      "callbacks",
      "mail",
    ]);
  });

  test("says what is wrong and how to mend it, and ends with 1", async () => {
    await chmod(join(folder, "data", "secret"), 0o644);
    const readable = await sayso(["doctor"]);
    await chmod(join(folder, "data", "secret"), 0o600);
    expect(readable.code).toBe(1);
    expect(readable.stdout).toContain("→ Other users can read it. Run: chmod 600");
    const unreachable = await sayso(["doctor"], {
      DATABASE_URL: "postgres://u:p4ssw0rd@127.0.0.1:1/none",
    });
    expect([unreachable.code, unreachable.stdout]).toEqual([
      1,
      expect.stringMatching(/✗ database: .*ECONNREFUSED/) as string,
    ]);
    expect(unreachable.stdout).not.toContain("p4ssw0rd");
    expect(
      (await sayso(["doctor"], { PORT: "x", LOG_LEVEL: "y" })).stdout.match(/✗ configuration/g),
    ).toHaveLength(2);
  });

  test("warns of each connection that decides what it asked itself, where Sayso isn't at a localhost address", async () => {
    const create = ["key", "create", "--name", "Nightly", "--can-decide", "--can-decide-own"];
    const made = await json<{ connection_id: string }>(create);
    await json(["key", "create", "--name", "Bot", "--can-decide"]);
    const url = "http://sayso.test:4747";
    const here = await sayso(["doctor"]);
    expect(here.stdout).toContain(`✓ votes: Sayso is at a localhost address\n`);
    const { code, stdout } = await sayso(["doctor"], { SAYSO_URL: url, HOST: "127.0.0.1" });
    const warned = stdout.split("\n").filter((line) => line.startsWith("! votes"));
    expect(warned.toSorted()).toEqual([
      "! votes: First key can vote on its own requests, in the name of First admin",
      "! votes: Nightly can vote on its own requests, in the name of First admin",
    ]);
    expect(stdout).toContain(
      `  → If this isn't intended, turn it off at ${url}/app/connections/${made.connection_id}\n`,
    );
    // A connection that may decide its own requests is a warning. Only the address, where nothing answers, is a fault.
    expect([code, stdout.match(/✗ \w+/g)]).toEqual([1, ["✗ address"]]);
  });

  test("changes nothing where nothing is set up yet", async () => {
    const { code, stdout } = await sayso(["doctor"], {
      SAYSO_DATA_DIR: join(folder, "none"),
      PORT: String(await freePort()),
    });
    expect(code).toBe(0);
    expect(stdout).toContain("will be created at the first start");
    expect(existsSync(join(folder, "none"))).toBe(false);
  });
});

test("every verb has --json, and an example in its help", async () => {
  const verbs = [
    ["serve"],
    ["user", "create"],
    ["user", "list"],
    ["user", "disable"],
    ["user", "reset-password"],
    ["key", "create"],
    ["key", "list"],
    ["key", "revoke"],
    ["token", "create"],
    ["request", "create"],
    ["request", "decide"],
    ["ask"],
    ["doctor"],
  ];
  for (const verb of verbs) {
    const { code, stdout } = await sayso([...verb, "--help"]);
    expect([verb, code]).toEqual([verb, 0]);
    expect(stdout).toContain("--json");
    expect(stdout).toMatch(/Example:\n {2}\$ .*sayso/);
  }
});

describe("client", () => {
  test("create prints what n8n's form asks for, and the secret this once", async () => {
    const { code, stdout } = await sayso([
      "client",
      "create",
      "--preset",
      "n8n",
      "--n8n-url",
      "https://n8n.example.com/",
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Server Address  http://localhost:${env.PORT}\n`);
    expect(stdout).toMatch(/Client ID {7}[\w-]+\n/);
    const secret = must(/cs_[0-9a-f]{64}/.exec(stdout))[0];
    expect((await sayso(["client", "list", "--json"])).stdout).not.toContain(secret);
  });

  test("an app is made, its secret changed, and deleted", async () => {
    const made = await json<{ client_id: string; client_secret: string }>([
      "client",
      "create",
      "--name",
      "Robot",
      "--client-credentials",
      "--scope",
      "approvals:read,comments:write",
    ]);
    const token = (secret: string) =>
      fetch(`http://localhost:${env.PORT}/api/v1/oauth/token`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          grant_type: "client_credentials",
          client_id: made.client_id,
          client_secret: secret,
        }),
      });
    expect((await token(made.client_secret)).status).toBe(200);
    const { secret } = await json<{ secret: string }>(["client", "rotate-secret", made.client_id]);
    expect((await token(secret)).status).toBe(200);
    expect(await json(["client", "delete", made.client_id])).toMatchObject({ deleted: true });
    expect((await token(secret)).status).toBe(401);
  });

  test("says what is missing", async () => {
    expect(await sayso(["client", "create", "--preset", "n8n"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("https://n8n.example.com") as string,
    });
  });
});
