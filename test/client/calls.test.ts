import { createClient, SaysoError, type ClientOptions } from "@sayso/client";
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openProxy, type Mishap } from "./proxy.ts";

const stage = await shareStage();
const proxy = await openProxy(stage.server.url);
afterAll(async () => {
  await proxy.close();
  await stage.close();
});
beforeEach(() => proxy.befall());

const connect = (options: Partial<ClientOptions> = {}) =>
  createClient({ url: proxy.url, token: stage.machine.key, ...options });
const sayso = connect();
const alice = connect({ token: stage.alice.token });
const ask = { title: "Deploy v2", description: "To production", priority: "high" } as const;

/** Returns the error of a call that must fail. */
const failure = (call: Promise<unknown>): Promise<SaysoError> =>
  call.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => {
      expect(error).toBeInstanceOf(SaysoError);
      return error as SaysoError;
    },
  );

describe("a client", () => {
  test("asks, reads and decides", async () => {
    const request = await sayso.createApproval({ ...ask, metadata: { version: 2 } });
    expect(request).toMatchObject({ status: "pending", metadata: { version: 2 } });
    const decided = await alice.decideApproval({
      id: request.id,
      decision: "approve",
      comment: "Go ahead",
    });
    expect(decided.status).toBe("approved");
    expect(await sayso.getApproval({ id: request.id })).toMatchObject({
      status: "approved",
      decision_comment: "Go ahead",
      decided_by: stage.alice.id,
    });
    expect(await alice.createComment({ id: request.id, body: "Done" })).toMatchObject({
      body: "Done",
    });
  });

  test("sends lists in the query as the server takes them, and leaves out what is undefined", async () => {
    const { data } = await sayso.listApprovals({
      status: ["approved", "rejected"],
      search: undefined,
      page_size: 1,
    });
    expect(data).toHaveLength(1);
    expect(proxy.seen[0]?.path).toBe("/api/v1/approvals?status=approved%2Crejected&page_size=1");
  });

  test("keeps what is in a path there, whatever is in it", async () => {
    expect((await failure(sayso.getApproval({ id: "../org?x=1#y" }))).code).toBe("NOT_FOUND");
    expect(proxy.seen[0]?.path).toBe("/api/v1/approvals/..%2Forg%3Fx%3D1%23y");
    await expect(sayso.getApproval({ id: "" })).rejects.toThrow(TypeError);
  });

  test("sends an empty object where a body may be empty, and none where there is none", async () => {
    const request = await sayso.createApproval(ask);
    await failure(sayso.createTeam({} as { name: string }));
    await sayso.cancelApproval({ id: request.id, reason: "No longer" });
    expect(proxy.seen.slice(1)).toMatchObject([
      { method: "POST", body: "{}" },
      { method: "DELETE", body: "", path: expect.stringContaining("?reason=No+longer") as string },
    ]);
  });

  test("takes an address with a path in front, and none that isn't one", async () => {
    const behind = createClient({ url: `${proxy.url}/sayso/`, token: "x", retries: 0 });
    await failure(behind.getOrganization());
    expect(proxy.seen[0]?.path).toBe("/sayso/api/v1/org");
    expect(() => createClient({ url: "sayso.example.com" })).toThrow(TypeError);
  });
});

describe("an error", () => {
  test("says which fields are wrong, and names the call in the server's log", async () => {
    const error = await failure(sayso.createApproval({ ...ask, required_approvals: 99 }));
    expect(error).toMatchObject({ code: "VALIDATION_ERROR", status: 400 });
    expect(error.details.fields?.map(({ field }) => field)).toEqual(["required_approvals"]);
    expect(error.message).not.toBe("");
    expect(error.requestId).toMatch(/^[\w-]{36}$/);
  });

  test.each([
    ["UNAUTHORIZED", 401, () => connect({ token: "gk_wrong" }).getOrganization()],
    ["FORBIDDEN", 403, () => sayso.createTeam({ name: "Mine" })],
    ["NOT_FOUND", 404, () => sayso.getApproval({ id: crypto.randomUUID() })],
  ])("has the server's code: %s", async (code, status, call) => {
    expect(await failure(call())).toMatchObject({ code, status });
    expect(proxy.seen).toHaveLength(1);
  });

  test("of something in between that isn't Sayso has its status", async () => {
    proxy.befall({ status: 418, body: "<h1>Teapot</h1>" });
    expect(await failure(sayso.getOrganization())).toMatchObject({ code: "HTTP_418", status: 418 });
    proxy.befall({ status: 400, body: `{"error":"just a text"}` });
    expect((await failure(sayso.getOrganization())).message).toBe("just a text");
  });

  test("tells of an answer that isn't JSON", async () => {
    proxy.befall({ status: 200, body: "<h1>Welcome to the hotel</h1>" });
    expect((await failure(sayso.getOrganization())).code).toBe("BAD_RESPONSE");
  });

  test("tells of a redirect: a POST that followed it would come out as a GET", async () => {
    proxy.befall({ status: 301, headers: { Location: "https://sayso.example.com/" } });
    const error = await failure(sayso.createApproval(ask));
    expect(error.code).toBe("REDIRECTED");
    expect(error.message).toContain("https://sayso.example.com/");
    expect(proxy.seen).toHaveLength(1);
  });

  test("tells of a server that isn't there", async () => {
    const gone = await openProxy(stage.server.url);
    await gone.close();
    const error = await failure(createClient({ url: gone.url, retries: 0 }).getOrganization());
    expect(error).toMatchObject({ code: "NETWORK_ERROR", status: 0 });
    expect(error.message).toContain(gone.url);
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe("what only reads is tried again", () => {
  test.each<[string, Mishap]>([
    ["a broken connection", "drop"],
    ["a lost answer", "lose"],
    ["429", { status: 429, headers: { "Retry-After": "0" } }],
    ["502", { status: 502 }],
    ["503", { status: 503 }],
    ["504", { status: 504 }],
  ])("after %s", async (_, mishap) => {
    proxy.befall(mishap, mishap);
    expect((await sayso.getOrganization()).id).toBe(stage.organization.id);
    expect(proxy.seen).toHaveLength(3);
  });

  test.each<[string, Mishap]>([
    ["500", { status: 500 }],
    ["404", { status: 404 }],
    [
      "an emergency stop, which only a person ends",
      { status: 503, body: `{"error":{"code":"EMERGENCY_STOP","message":"Stopped"}}` },
    ],
  ])("but not after %s", async (_, mishap) => {
    proxy.befall(mishap);
    await failure(sayso.getOrganization());
    expect(proxy.seen).toHaveLength(1);
  });

  test("as often as was said, and then the last error is told", async () => {
    proxy.befall("drop", { status: 502 }, { status: 503 });
    expect(await failure(sayso.getOrganization({}, { retries: 2 }))).toMatchObject({ status: 503 });
    expect(proxy.seen).toHaveLength(3);
    proxy.befall("drop");
    await failure(sayso.getOrganization({}, { retries: 0 }));
    expect(proxy.seen).toHaveLength(1);
  });

  test("not before Retry-After is over, as seconds or as a date", async () => {
    const startedAt = Date.now();
    proxy.befall({ status: 429, headers: { "Retry-After": "1" } });
    await sayso.getOrganization();
    expect(Date.now() - startedAt).toBeGreaterThan(990);
    const until = Math.ceil(Date.now() / 1000) * 1000 + 1000;
    proxy.befall({ status: 503, headers: { "Retry-After": new Date(until).toUTCString() } });
    await sayso.getOrganization();
    expect(Date.now()).toBeGreaterThanOrEqual(until);
  });

  test("not within the call where the server wants a long pause: the caller is told how long", async () => {
    proxy.befall({ status: 429, headers: { "Retry-After": "1800" } });
    expect(await failure(sayso.getOrganization())).toMatchObject({
      status: 429,
      retryAfterSeconds: 1800,
    });
    expect(proxy.seen).toHaveLength(1);
  });
});

describe("a write is tried again only where that does nothing twice", () => {
  const requestsCalled = async (title: string) =>
    (await stage.services.sql("select 1 from requests where title = $1", [title])).length;

  test("a request whose answer was lost three times is made once", async () => {
    proxy.befall("lose", "lose", "lose");
    const request = await sayso.createApproval({ ...ask, title: "Lost answers" });
    expect(await requestsCalled("Lost answers")).toBe(1);
    expect(request.title).toBe("Lost answers");
    const keys = proxy.seen.map(
      ({ body }) => (JSON.parse(body) as { idempotency_key: string }).idempotency_key,
    );
    expect(keys).toHaveLength(4);
    expect(new Set(keys)).toEqual(new Set([request.idempotency_key]));
  });

  test("two requests that look alike are two", async () => {
    const [one, two] = await Promise.all([
      sayso.createApproval({ ...ask, title: "Alike" }),
      sayso.createApproval({ ...ask, title: "Alike" }),
    ]);
    expect(one.id).not.toBe(two.id);
  });

  test("the caller's own key is kept", async () => {
    const { idempotency_key: key, id } = await sayso.createApproval({
      ...ask,
      idempotency_key: "mine",
    });
    expect(key).toBe("mine");
    expect((await sayso.createApproval({ ...ask, idempotency_key: "mine" })).id).toBe(id);
  });

  test.each<[string, Mishap]>([
    ["a lost answer", "lose"],
    ["503", { status: 503 }],
    ["429", { status: 429, headers: { "Retry-After": "0" } }],
  ])("a comment isn't repeated after %s", async (_, mishap) => {
    const { id } = await sayso.createApproval(ask);
    proxy.befall(mishap);
    await failure(sayso.createComment({ id, body: "Once" }));
    expect(proxy.seen).toHaveLength(1);
    const { data } = await sayso.listComments({ id });
    expect(data).toHaveLength(mishap === "lose" ? 1 : 0);
  });
});

describe("a call ends", () => {
  test("when its time is over", async () => {
    proxy.befall("hang");
    const error = await failure(sayso.getOrganization({}, { timeoutSeconds: 0.2, retries: 0 }));
    expect(error).toMatchObject({ code: "TIMEOUT", status: 0 });
  });

  test("when its signal says so, with the signal's reason, and is not tried again", async () => {
    const reason = new Error("I have changed my mind");
    const controller = new AbortController();
    proxy.befall("hang");
    const call = sayso.getOrganization({}, { signal: controller.signal });
    await expect.poll(() => proxy.seen.length).toBe(1);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(sayso.getOrganization({}, { signal: controller.signal })).rejects.toBe(reason);
    expect(proxy.seen).toHaveLength(1);
  });

  test("also between two attempts", async () => {
    const controller = new AbortController();
    proxy.befall({ status: 503, headers: { "Retry-After": "50" } });
    const call = sayso.getOrganization({}, { signal: controller.signal });
    await expect.poll(() => proxy.seen.length).toBe(1);
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a token that is given by a function", () => {
  test("is asked for at each attempt", async () => {
    let asked = 0;
    const client = connect({
      token: () => {
        asked += 1;
        return stage.machine.key;
      },
    });
    proxy.befall("drop");
    await client.getOrganization();
    expect(asked).toBe(2);
  });

  test("is renewed after a 401, once for all calls that were refused with it", async () => {
    let current = "gk_outdated";
    const refusals: string[] = [];
    const client = connect({
      token: (refused) => {
        if (refused !== undefined) {
          refusals.push(refused);
          current = stage.machine.key;
        }
        return current;
      },
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.getOrganization()));
    expect(answers).toHaveLength(10);
    expect(refusals).toEqual(["gk_outdated"]);
  });

  test("is renewed for writes as well: what was refused was not done", async () => {
    const client = connect({
      token: (refused) => (refused === undefined ? "gk_outdated" : stage.machine.key),
    });
    const { id } = await sayso.createApproval(ask);
    await client.createComment({ id, body: "With the second token" });
    expect((await sayso.listComments({ id })).data).toHaveLength(1);
  });

  test("that is refused again is told", async () => {
    const client = connect({ token: (refused) => `gk_wrong${refused ?? ""}` });
    expect((await failure(client.getOrganization())).status).toBe(401);
    expect(proxy.seen).toHaveLength(2);
  });

  test("that can't be had fails the call with its own error, and is asked for anew by the next", async () => {
    let isAway = true;
    const client = connect({
      token: (refused) => {
        if (refused === undefined) return "gk_outdated";
        if (isAway) throw new Error("nobody home");
        return stage.machine.key;
      },
    });
    await expect(client.getOrganization()).rejects.toThrow("nobody home");
    isAway = false;
    expect((await client.getOrganization()).id).toBe(stage.organization.id);
  });
});
