// No step of a platform, no call of the client and no command reports a success that the server didn't confirm.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { createClient } from "@sayso/client";
import { must } from "@sayso/must";
import type { make } from "@sayso/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openProxy, type Mishap, type Proxy } from "../client/proxy.ts";
import { createEngine } from "../platforms/make/make-stage.ts";
import { openZapierStage, type ZapierStage } from "../platforms/zapier/connect.ts";
import { thrownBy, shownError, type Item } from "../platforms/zapier/zapier.ts";

let stage: ZapierStage;
let proxy: Proxy;
let engine: make.MakeEngine;
let connection: make.Connected;

beforeAll(async () => {
  stage = await openZapierStage();
  proxy = await openProxy(stage.server.url);
  ({ engine } = await createEngine());
  const decider = await stage.organization.addConnection({
    preset: "make",
    canDecide: true,
    canDecideOwn: true,
  });
  const { url } = proxy;
  connection = await engine.connect("apiKey", { url, apiKey: decider.key });
});
afterAll(async () => {
  await proxy.close();
  await stage.close();
});
beforeEach(() => proxy.befall());

const zap = async (key: string, inputData: Item): Promise<Item> => {
  const environment = { SAYSO_URL: proxy.url };
  const { results } = await stage.zapier.run<Item>(
    `creates.${key}.operation.perform`,
    { inputData },
    { environment },
  );
  return results;
};
const scenario = (module: string, parameters: Record<string, unknown>) =>
  engine.run(module, { connection, parameters });
const ask = async (): Promise<string> => (await stage.machine.api.create()).body.id;
const statusOf = async (id: string) => (await stage.alice.api.get(id)).body.status;

const json = (body: unknown): Mishap => ({
  status: 200,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});
const stranger = "01930000-0000-7000-8000-000000000003";
/** Answers that a proxy in between can give to any call. */
const lies: Record<string, Mishap> = {
  "a page": { status: 200, headers: { "Content-Type": "text/html" }, body: "<h1>Welcome</h1>" },
  nothing: { status: 200 },
  "no content": { status: 204 },
  "an empty object": json({}),
  null: json(null),
  "somebody else's answer": json({ ok: true, result: "success" }),
  "another request": json({ id: stranger, status: "approved", is_log: false }),
};

describe("Zapier", () => {
  test.each(["aprove", "approved?", "constructor", "__proto__", "toString", "undefined"])(
    "a step that decides %s is refused in the server's words, and nothing is decided",
    async (decision) => {
      const id = await ask();
      const thrown = shownError(await thrownBy(zap("decideRequest", { id, decision })));
      expect(thrown).toMatchObject({ status: 400, code: "VALIDATION_ERROR" });
      expect(await statusOf(id)).toBe("pending");
    },
  );

  test("a step without a decision is refused", async () => {
    const id = await ask();
    expect(shownError(await thrownBy(zap("decideRequest", { id }))).status).toBe(400);
    expect(await statusOf(id)).toBe("pending");
  });

  test("a step whose vote isn't counted fails, even where others decided the same", async () => {
    const id = await ask();
    await stage.alice.api.approve(id);
    const thrown = shownError(await thrownBy(zap("decideRequest", { id, decision: "approve" })));
    expect(thrown.status).toBe(409);
    const { body: asked } = await stage.machine.api.create({ required_approvals: 2 });
    const decide = () => zap("decideRequest", { id: asked.id, decision: "approve" });
    expect(await decide()).toMatchObject({ status: "pending" });
    // The replayed call finds the vote that the server counts.
    expect(await decide()).toMatchObject({ id: asked.id, status: "pending" });
    const other = zap("decideRequest", { id: asked.id, decision: "reject" });
    expect(shownError(await thrownBy(other)).status).toBe(409);
  });

  test.each(Object.entries(lies))("no step takes %s for an answer", async (_, lie) => {
    const id = await ask();
    for (const [key, inputData] of [
      ["createRequest", { title: `Ask ${Math.random()}`, description: "d", priority: "low" }],
      ["logActivity", { title: `Log ${Math.random()}`, description: "d", priority: "low" }],
      ["decideRequest", { id, decision: "approve" }],
      ["cancelRequest", { id }],
      ["addComment", { id, body: "Seen" }],
    ] as const) {
      proxy.befall(lie, lie, lie);
      expect(shownError(await thrownBy(zap(key, inputData))).code, key).toBe("BAD_RESPONSE");
    }
    expect(await statusOf(id)).toBe("pending");
  });

  test("a value that is reported again after another one is stored again", async () => {
    const { body: kpi } = await stage.owner.api.call<{ id: string }>("POST", "/api/v1/kpis", {
      body: { name: "Users", target: 10, current: 1 },
    });
    for (const value of [5, 7, 5]) await zap("recordKpiUpdate", { id: kpi.id, value });
    const { body } = await stage.owner.api.call<{ current: number }>(
      "GET",
      `/api/v1/kpis/${kpi.id}`,
    );
    expect(body.current).toBe(5);
  });
});

describe("Make", () => {
  test.each(Object.entries(lies))("no module takes %s for an answer", async (_, lie) => {
    const id = await ask();
    for (const [module, parameters] of [
      ["decideRequest", { id, decision: "approve" }],
      ["cancelRequest", { id }],
      ["getRequest", { id }],
    ] as const) {
      proxy.befall(lie);
      await expect(scenario(module, parameters), module).rejects.toThrow(/nothing is confirmed/);
    }
    expect(await statusOf(id)).toBe("pending");
  });

  test.each(Object.entries(lies).slice(0, 6))(
    "%s is neither a new request nor a list without requests, nor good credentials",
    async (_, lie) => {
      const asked = { title: "Refund", description: "Broken", priority: "high" };
      for (const [module, parameters] of [
        ["requestApproval", asked],
        ["logActivity", asked],
        ["searchRequests", { limit: 1 }],
      ] as const) {
        proxy.befall(lie);
        await expect(scenario(module, parameters), module).rejects.toThrow(/nothing is confirmed/);
      }
      proxy.befall(lie);
      const connecting = engine.connect("apiKey", { url: proxy.url, apiKey: "anything" });
      await expect(connecting).rejects.toThrow(/is not a Sayso server/);
      proxy.befall(lie);
      const parameters = {};
      const attaching = engine.attach("watchDecisions", {
        connection,
        parameters,
        url: "https://hook.make.com/1",
      });
      await expect(attaching).rejects.toThrow(/nothing is subscribed/);
    },
  );

  test("a webhook that names one request is not answered with another", async () => {
    const id = await ask();
    const { body: other } = await stage.alice.api.approve(await ask());
    proxy.befall(json(other));
    const payload = { id: "x", type: "approval.approved", request_id: id };
    const woken = engine.runInstant("watchDecisions", { connection, parameters: {}, payload });
    await expect(woken).rejects.toThrow(/doesn't confirm/);
  });

  test("a decision that the server refuses is an error", async () => {
    const id = await ask();
    const wrong = scenario("decideRequest", { id, decision: "aprove" });
    await expect(wrong).rejects.toThrow();
    await stage.alice.api.approve(id);
    const late = scenario("decideRequest", { id, decision: "approve" });
    await expect(late).rejects.toMatchObject({ statusCode: 409 });
  });
});

describe("the client", () => {
  const sayso = () => createClient({ url: proxy.url, token: stage.alice.token, retries: 0 });

  test.each(Object.entries(lies))("takes %s for no answer", async (_, lie) => {
    const id = await ask();
    for (const call of [
      () => sayso().decideApproval({ id, decision: "approve" }),
      () => sayso().cancelApproval({ id }),
      () => sayso().waitForDecision(id, { timeoutSeconds: 1 }),
    ]) {
      proxy.befall(lie);
      await expect(call()).rejects.toMatchObject({ code: "BAD_RESPONSE" });
    }
  });

  test("waits for no status that it doesn't know, and for no entry of the activity log", async () => {
    const id = await ask();
    proxy.befall(json({ id, status: "scheduled", is_log: false }));
    await expect(sayso().waitForDecision(id)).rejects.toMatchObject({ code: "BAD_RESPONSE" });
    const { body: entry } = await stage.machine.api.create({ is_log: true });
    const wait = sayso().waitForDecision(entry.id);
    await expect(wait).rejects.toMatchObject({ code: "INVALID_STATE" });
  });
});

describe("the command line", () => {
  const program = fileURLToPath(new URL("../../apps/server/dist/sayso.js", import.meta.url));
  const begin = (args: string[]) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        SAYSO_URL: proxy.url,
        SAYSO_API_KEY: stage.alice.token,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, ended, stdout: () => stdout, stderr: () => stderr };
  };
  const decide = async (id: string, word: string) => {
    const { ended, stdout } = begin(["request", "decide", id, word]);
    return [await ended, stdout()];
  };

  test("sayso ask ends with 0 for nothing but an approved request", async () => {
    const { body: entry } = await stage.machine.api.create({ is_log: true });
    const elsewhere = { status: 301, headers: { Location: `${proxy.url}/api/v1/org` } };
    for (const lie of [elsewhere, json(entry)]) {
      proxy.befall(lie);
      const { ended, stdout } = begin(["ask", "Deploy?"]);
      expect([await ended, stdout()]).toEqual([13, ""]);
    }
    const scheduled = json({ id: stranger, status: "scheduled", title: "Deploy?" });
    proxy.befall(...Array<Mishap>(20).fill(scheduled));
    const asking = begin(["ask", "Deploy?", "--json"]);
    await expect.poll(asking.stderr).toContain("Retrying");
    asking.child.kill("SIGTERM");
    expect([await asking.ended, asking.stdout()]).toEqual([13, ""]);
  });

  test("sayso ask ends with 13 where something else was approved than what it asks", async () => {
    const question = ["ask", "Wire 5?", "-d", " To Ada ", "--metadata", '{"amount":5}'];
    const keyed = [...question, "--idempotency-key", randomUUID()];
    const asking = begin(keyed);
    await expect.poll(asking.stderr).toContain("Waiting for a decision");
    const { body } = await stage.machine.api.list({ status: "pending", search: "Wire" });
    const { id } = must(body.data[0]);
    expect((await stage.alice.api.revise(id, { title: "Wire 0?" })).status).toBe(200);
    await stage.alice.api.approve(id);
    expect([await asking.ended, asking.stdout()]).toEqual([13, ""]);
    expect(asking.stderr()).toContain('people approved "Wire 0?"');
    const again = begin(keyed);
    expect([await again.ended, again.stderr()]).toEqual([
      13,
      asking.stderr().split("\n").at(-2) + "\n",
    ]);

    const honest = begin(question);
    await expect.poll(honest.stderr).toContain("Waiting for a decision");
    const { body: pending } = await stage.machine.api.list({ status: "pending", search: "Wire 5" });
    await stage.alice.api.approve(must(pending.data[0]).id);
    expect(await honest.ended).toBe(0);
  });

  test("sayso request decide fails where nothing was decided", async () => {
    const id = await ask();
    expect(await decide(id, "constructor")).toEqual([13, ""]);
    for (const name of ["an empty object", "another request"]) {
      proxy.befall(must(lies[name]));
      expect(await decide(id, "approve")).toEqual([13, ""]);
    }
    expect(await statusOf(id)).toBe("pending");
  });
});
