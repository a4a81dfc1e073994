import { chmod, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { runSayso, type SaysoProcess } from "./cli/sayso-process.ts";

let folder: string;
const servers: SaysoProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-start-"));
  await chmod(folder, 0o711);
});
afterEach(async () => {
  for (const { child, ended } of servers.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(data = "data", env: Record<string, string> = {}): SaysoProcess {
  const server = runSayso(["serve"], { SAYSO_DATA_DIR: join(folder, data), PORT: "0", ...env });
  servers.push(server);
  return server;
}

/** Returns the address that the server prints. */
async function ready(server: SaysoProcess): Promise<string> {
  const said = await vi.waitFor(
    () => {
      const found = /Sayso is ready at (http:\S+)\n/.exec(server.stdout());
      expect(found, server.stderr()).not.toBeNull();
      return must(found);
    },
    { timeout: 60_000 },
  );
  return must(said[1]);
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
    await vi.waitFor(() => expect(server.stdout()).toContain("can ask, but not vote"), {
      timeout: 60_000,
    });
    expect(server.stdout()).toContain("https://sayso.example.com/welcome/");
  });

  test("that was killed at any moment is made up for by the next", async () => {
    for (const [i, ms] of [150, 500, 900, 1300].entries()) {
      const killed = start(`killed${i}`);
      await sleep(ms);
      killed.child.kill("SIGKILL");
      await killed.ended;
      const again = start(`killed${i}`);
      await ready(again);
      expect(again.stdout()).toContain("/welcome/");
      again.child.kill("SIGTERM");
      expect(await again.ended).toBe(0);
    }
  }, 120_000);
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
  test("readyz says 503 at once, waiting callers are answered, the exit is 0 and quick", async () => {
    const server = start("stopping");
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
    const waiting = fetch(`${url}/api/v1/approvals/${id}?wait=50`, { headers });
    await sleep(200);
    const since = performance.now();
    server.child.kill("SIGTERM");
    await sleep(50);
    const notReady = await fetch(`${url}/readyz`);
    expect([notReady.status, await notReady.json()]).toMatchObject([
      503,
      { checks: { draining: true } },
    ]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(((await (await waiting).json()) as { status: string }).status).toBe("pending");
    expect(await server.ended).toBe(0);
    expect(performance.now() - since).toBeLessThan(5000);
  });

  test("under load every request that was accepted is answered", async () => {
    const server = start("stopping");
    const url = await ready(server);
    const client = async (): Promise<string[]> => {
      const outcomes: string[] = [];
      while (outcomes.at(-1) !== "ECONNREFUSED") {
        const response = await fetch(`${url}/api/v1/openapi`).catch((error: Error) => error);
        if (response instanceof Error)
          outcomes.push((response.cause as NodeJS.ErrnoException).code ?? "");
        else outcomes.push(`${response.status} ${(await response.text()).length > 1000}`);
      }
      return outcomes;
    };
    const clients = Array.from({ length: 8 }, client);
    await sleep(300);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    for (const outcomes of await Promise.all(clients)) {
      // When the server stops listening, the system resets connections that it had queued and the server never
      // accepted.
      const served = outcomes.filter((outcome) => outcome !== "ECONNRESET");
      expect(outcomes.length - served.length).toBeLessThanOrEqual(1);
      expect(served.pop()).toBe("ECONNREFUSED");
      expect(new Set(served)).toEqual(new Set(["200 true"]));
    }
  });

  test("a second signal exits at once", async () => {
    const server = start("stopping");
    await ready(server);
    server.child.kill("SIGINT");
    await sleep(350);
    server.child.kill("SIGINT");
    expect(await server.ended).toBe(130);
    // It leaves PostgreSQL running. The next start takes it over and ends it.
    await ready(start("stopping"));
  });
});

test("a caller that sends its headers drop by drop is cut off", async () => {
  const server = start();
  const { port } = new URL(await ready(server));
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n");
  const drip = setInterval(() => socket.write("X-A: b\r\n"), 500);
  const since = performance.now();
  await new Promise((resolve) =>
    socket
      .on("error", () => undefined)
      .once("close", resolve)
      .resume(),
  );
  clearInterval(drip);
  expect(performance.now() - since).toBeLessThan(14_000);
});
