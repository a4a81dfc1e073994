import { chmod, mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runSayso, type SaysoProcess } from "./cli/sayso-process.ts";

let folder: string;
const servers: SaysoProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-start-"));
  await chmod(folder, 0o711);
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (!hasEnded(server)) server.child.kill("SIGTERM");
    await server.ended;
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(data = "data", env: Record<string, string> = {}): SaysoProcess {
  const server = runSayso(["serve"], { SAYSO_DATA_DIR: join(folder, data), PORT: "0", ...env });
  servers.push(server);
  return server;
}

const hasEnded = ({ child }: SaysoProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

const READY = /Sayso is ready at (http:\S+)\n/;

/** Waits until the server is ready, and returns the address that it prints. Fails when the server ends before. */
async function ready(server: SaysoProcess): Promise<string> {
  await expect.poll(() => READY.test(server.stdout()) || hasEnded(server)).toBe(true);
  const said = READY.exec(server.stdout());
  expect(said, server.stderr()).not.toBeNull();
  return must(must(said)[1]);
}

/** Opens a connection, and resolves when this is sent. The connection never fails: it ends. */
async function connectTo(url: string, sent: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.write(sent, resolve));
  return socket;
}

/** Returns what a connection receives until it ends. */
async function text(socket: Socket): Promise<string> {
  let received = "";
  socket.setEncoding("utf8").on("data", (piece: string) => (received += piece));
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return received;
}

const keyOf = (server: SaysoProcess): string => must(/gk_[0-9a-f]{64}/.exec(server.stdout()))[0];

describe("the first start", () => {
  test("prints in at most 25 lines what is needed to ask and to decide, and it works as printed", async () => {
    const server = start();
    const url = await ready(server);
    const lines = server
      .stdout()
      .split("\n")
      .filter((line) => !line.startsWith("{"));
    expect(lines.length).toBeLessThanOrEqual(26);
    expect(server.stdout()).toMatch(/\/welcome\/[\w-]{43}\n/);
    expect(server.stdout()).toMatch(/whsec_\S+/);
    expect(server.stdout()).toContain("the key can also vote, even on its own requests");
    const bodies = [...server.stdout().matchAll(/-d '(.*)'/g)].map(([, body]) => must(body));
    const headers = {
      Authorization: `Bearer ${keyOf(server)}`,
      "Content-Type": "application/json",
    };
    const asked = await fetch(`${url}/api/v1/approvals`, {
      method: "POST",
      headers,
      body: must(bodies[0]),
    });
    const { id } = (await asked.json()) as { id: string };
    const decided = await fetch(`${url}/api/v1/approvals/${id}`, {
      method: "PATCH",
      headers,
      body: must(bodies[1]),
    });
    expect([asked.status, decided.status]).toEqual([201, 200]);
  });

  test("is followed by starts that print the address and the link that is still unused, and no key", async () => {
    const server = start();
    await ready(server);
    expect(server.stdout()).toContain("/welcome/");
    expect(server.stdout()).not.toMatch(/gk_|whsec_/);
  });

  test("on a public address makes a key that only asks", async () => {
    const server = start("public", { SAYSO_URL: "https://sayso.example.com", HOST: "127.0.0.1" });
    await expect.poll(server.stdout).toContain("can ask, but not vote");
    expect(server.stdout()).toContain("https://sayso.example.com/welcome/");
  });

  test.each([150, 500, 900, 1300])(
    "that was killed at any moment is made up for by the next: after %i ms",
    async (ms) => {
      const killed = start(`killed${ms}`);
      await sleep(ms);
      killed.child.kill("SIGKILL");
      await killed.ended;
      const again = start(`killed${ms}`);
      await ready(again);
      expect(again.stdout()).toContain("/welcome/");
      again.child.kill("SIGTERM");
      expect(await again.ended).toBe(0);
    },
  );
});

test("a second server on the data directory is refused at once and told who has it", async () => {
  const server = start();
  await ready(server);
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.stderr()).toContain(`is in use by sayso server pid ${server.child.pid}`);
});

test("a port that is taken and a wrong environment end with 1 and say so", async () => {
  const server = start();
  const { port } = new URL(await ready(server));
  const other = start("other", { PORT: port });
  expect(await other.ended).toBe(1);
  expect(other.stderr()).toMatch(/EADDRINUSE.*set PORT/);
  const wrong = start("other", { PORT: "x", LOG_LEVEL: "y" });
  expect([await wrong.ended, wrong.stderr().split("\n").length]).toEqual([1, 4]);
});

test("another SAYSO_SECRET than the database's is refused instead of making what is stored unreadable", async () => {
  const server = start("sealed", { SAYSO_SECRET: "a".repeat(32) });
  await ready(server);
  server.child.kill("SIGTERM");
  await server.ended;
  const other = start("sealed", { SAYSO_SECRET: "b".repeat(32) });
  expect(await other.ended).toBe(1);
  expect(other.stderr()).toMatch(/SAYSO_SECRET|password/);
});

describe("stopping", () => {
  test("readyz says 503 at once, waiting callers are answered before their time, the exit is 0", async () => {
    const server = start("stopping", { LOG_LEVEL: "debug" });
    const url = await ready(server);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const headers = {
      Authorization: `Bearer ${keyOf(server)}`,
      "Content-Type": "application/json",
    };
    const asked = await fetch(`${url}/api/v1/approvals`, {
      method: "POST",
      headers,
      body: '{"title":"t","description":"d","priority":"low"}',
    });
    const { id } = (await asked.json()) as { id: string };
    const waits = `GET /api/v1/approvals/${id}?wait=50 HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.Authorization}\r\n\r\n`;
    const waiting = await connectTo(url, waits);
    // Each has begun its request, so its connection stays open.
    const [asksReady, asksHealth] = await Promise.all(
      ["readyz", "healthz"].map((path) => connectTo(url, `GET /${path} HTTP/1.1\r\nHost: x\r\n`)),
    );
    // The server takes connections and calls in their order, so it has those three before it answers this one.
    await fetch(`${url}/readyz`);
    server.child.kill("SIGTERM");
    await expect.poll(server.stdout).toContain('"msg":"stopping"');
    for (const half of [asksReady, asksHealth]) must(half).write("\r\n");
    expect(await text(must(asksReady))).toMatch(/^HTTP\/1.1 503 [^]*"draining":true/);
    expect(await text(must(asksHealth))).toMatch(/^HTTP\/1.1 200 /);
    // When the server's patience ends, 30 s before the end of the wait, it cuts the connection without an answer.
    expect(await text(waiting)).toMatch(/^HTTP\/1.1 200 [^]*"status":"pending"/);
    expect(await server.ended).toBe(0);
  });

  test("under load every request that was accepted is answered", async () => {
    const server = start("stopping", { LOG_LEVEL: "debug" });
    const url = await ready(server);
    const client = async (outcomes: string[]): Promise<void> => {
      while (outcomes.at(-1) !== "ECONNREFUSED") {
        const response = await fetch(`${url}/api/v1/openapi`).catch((error: Error) => error);
        if (response instanceof Error)
          outcomes.push((response.cause as NodeJS.ErrnoException).code ?? "");
        else outcomes.push(`${response.status} ${(await response.text()).length > 1000}`);
      }
    };
    const outcomes = Array.from({ length: 8 }, (): string[] => []);
    const clients = outcomes.map(client);
    await expect.poll(() => outcomes.every(({ length }) => length > 10)).toBe(true);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    await Promise.all(clients);
    // The server logs every call that it takes up. It never accepts a connection that the system still queues when it
    // stops listening, nor a call on a connection that it has closed because it was idle.
    const calls = server
      .stdout()
      .split("\n")
      .filter((line) => line.includes('"path":"/api/v1/openapi"'))
      .map((line) => JSON.parse(line) as { status: number; aborted: boolean });
    expect(calls.filter(({ status, aborted }) => status !== 200 || aborted)).toEqual([]);
    const never = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];
    const answers = outcomes.flat().filter((outcome) => !never.includes(outcome));
    expect(new Set(answers)).toEqual(new Set(["200 true"]));
    expect(answers).toHaveLength(calls.length);
  });

  test("a second signal exits at once", async () => {
    const server = start("stopping");
    // While this call is under way the server doesn't end by itself.
    const half = await connectTo(await ready(server), "GET /healthz HTTP/1.1\r\nHost: x\r\n");
    while (!hasEnded(server)) {
      // Those within 0.3 s count as the first, so that the second comes sooner or later.
      server.child.kill("SIGINT");
      await sleep(50);
    }
    expect(await server.ended).toBe(130);
    half.destroy();
    // It leaves PostgreSQL running. The next start takes it over and ends it.
    await ready(start("stopping"));
  });
});

test("a caller that sends its headers drop by drop is cut off", async () => {
  const url = await ready(start());
  const body = await connectTo(
    url,
    "POST /api/v1/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
  );
  const headers = await connectTo(url, "GET / HTTP/1.1\r\nHost: x\r\n");
  const drip = setInterval(() => {
    headers.write("X-A: b\r\n");
    body.write("x");
  }, 500);
  const [cutFirst] = await Promise.race(
    [headers, body].map(async (socket) => [socket, await text(socket)]),
  );
  // A body may take longer, and so may headers without a limit of their own.
  expect(cutFirst).toBe(headers);
  clearInterval(drip);
  for (const socket of [headers, body]) socket.destroy();
});
