// The first key's extra rights on a localhost address end when Sayso moves to another address, because with them the
// key approves its own requests.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "@sayso/must";
import { api } from "@sayso/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";
import { runSayso, type SaysoProcess } from "./sayso-process.ts";

const PUBLIC = "https://sayso.example.com";
const ADMIN = { email: "mara@example.com", password: "seven quiet herons" };

let folder: string;
let port: number;
let server: SaysoProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-left-"));
  await chmod(folder, 0o711);
  port = await freePort();
});
afterEach(stop);
afterAll(() => rm(folder, { recursive: true, force: true }));

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => resolve(free));
    });
  });
const environment = (data: string, url?: string) => ({
  SAYSO_DATA_DIR: join(folder, data),
  PORT: String(port),
  HOST: "127.0.0.1",
  ...(url && { SAYSO_URL: url }),
});

/** @returns the welcome text, which the start prints at once, without the log */
async function start(data: string, url?: string): Promise<string> {
  const started = (server = runSayso(["serve"], environment(data, url)));
  await expect.poll(started.stdout).toContain("Sayso is ready at");
  return started.stdout().replaceAll(/^\{.*$/gm, "");
}

async function stop(): Promise<void> {
  server?.child.kill("SIGTERM");
  await server?.ended;
  server = undefined;
}

/** Lets a key approve its own request. @returns "approved", or the reason of the refusal */
async function approveOwn(key: string): Promise<unknown> {
  const machine = api(`http://localhost:${port}`, key);
  const asked = await machine.create();
  expect(asked.status).toBe(201);
  const { body, error } = await machine.approve(asked.body.id);
  return error?.details?.reason ?? body.status;
}

/** Returns the API that the first admin calls from the pages. */
async function becomeAdmin(said: string) {
  const url = `http://localhost:${port}`;
  const visitor = createVisitor(url);
  const link = must(/\/welcome\/[\w-]+/.exec(said))[0];
  await visitor.get(link);
  expect((await visitor.post(link, { name: "Mara", ...ADMIN })).status).toBe(303);
  const Cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return async (method: string, path: string, body?: unknown) => {
    const answer = await api(url, null).call<Record<string, unknown>>(method, path, {
      body,
      headers: { Cookie, Origin: url },
    });
    expect(answer.error).toBeUndefined();
    return answer.body;
  };
}

const keyIn = (said: string): string => must(/gk_[0-9a-f]{64}/.exec(said))[0];

test("what the first key may because of a localhost address ends at the first start on another, and is said once", async () => {
  const said = await start("given");
  const first = keyIn(said);
  expect(await approveOwn(first)).toBe("approved");
  const mara = await becomeAdmin(said);
  const { data } = (await mara("GET", "/api/v1/connections")) as { data: { id: string }[] };
  const [{ id }] = data as [{ id: string }];
  await mara("PATCH", `/api/v1/connections/${id}`, { name: "Release pipeline" });
  const create = ["key", "create", "--name", "First key", "--can-decide", "--can-decide-own"];
  const deliberate = runSayso(create, environment("given"));
  expect(await deliberate.ended).toBe(0);
  await stop();

  const left = await start("given", PUBLIC);
  expect(await approveOwn(first)).toBe("connection_cannot_decide");
  expect(await approveOwn(keyIn(deliberate.stdout()))).toBe("approved");
  expect(left.replaceAll(/\s+/g, " ")).toContain(
    `"Release pipeline" can no longer vote: it could only while Sayso was at a localhost address. It can still ask. ` +
      `To let it vote, open ${PUBLIC}/app/connections/${id}`,
  );
  expect(left.match(/can no longer vote/g)).toHaveLength(1);
  await stop();

  expect(await start("given", PUBLIC)).not.toContain("can no longer vote");
  await stop();
  await start("given");
  expect(await approveOwn(first)).toBe("connection_cannot_decide");
});

test("what its owner agreed to, signed in, goes on at any address", async () => {
  const said = await start("agreed");
  const mara = await becomeAdmin(said);
  const { data } = (await mara("GET", "/api/v1/connections")) as { data: { id: string }[] };
  const path = `/api/v1/connections/${must(data[0]).id}`;
  await mara("PATCH", path, { can_decide: false });
  await mara("PATCH", path, { can_decide: true, can_decide_own: true });
  const { api_key } = await mara("POST", `${path}/keys`);
  await stop();
  expect(await start("agreed", PUBLIC)).not.toContain("can no longer vote");
  expect(await approveOwn(api_key as string)).toBe("approved");
});
