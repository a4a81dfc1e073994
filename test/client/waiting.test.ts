import { createClient, createWebhookInbox, SaysoError, type Approval } from "@sayso/client";
import { shareStage, startReceiver } from "@sayso/testkit";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openProxy } from "./proxy.ts";

const stage = await shareStage();
const proxy = await openProxy(stage.server.url);
const receiver = await startReceiver();
afterAll(async () => {
  await receiver.stop();
  await proxy.close();
  await stage.close();
});
beforeEach(() => proxy.befall());

const sayso = createClient({ url: proxy.url, token: stage.machine.key });
const alice = createClient({ url: stage.server.url, token: stage.alice.token });
const ask = { title: "Deploy v2", description: "To production", priority: "high" } as const;

const decide = (id: string, decision: "approve" | "reject") =>
  alice.decideApproval({ id, decision });
const away = { status: 502, headers: { "Retry-After": "0" } };

/** Resolves when the server has received this number of calls. */
const asked = (times: number) => expect.poll(() => proxy.seen.length).toBeGreaterThanOrEqual(times);

describe("waiting for a decision", () => {
  test.each([
    ["approve", "approved"],
    ["reject", "rejected"],
  ] as const)(
    "ends when people %s, and throws nothing: the request says %s",
    async (decision, status) => {
      const { id } = await sayso.createApproval(ask);
      const waiting = sayso.waitForDecision(id);
      await asked(3);
      await decide(id, decision);
      expect(await waiting).toMatchObject({ id, status });
      expect(proxy.seen.map(({ path }) => path).at(-1)).toContain("wait=55");
    },
  );

  test("ends at once where it is decided already, and when it is withdrawn", async () => {
    const [one, two] = await Promise.all([sayso.createApproval(ask), sayso.createApproval(ask)]);
    await decide(one.id, "approve");
    expect((await sayso.waitForDecision(one.id)).status).toBe("approved");
    const waiting = sayso.waitForDecision(two.id);
    await sayso.cancelApproval({ id: two.id });
    expect((await waiting).status).toBe("cancelled");
  });

  test("ends with an error when the time is over: nobody takes silence for a yes", async () => {
    const { id } = await sayso.createApproval(ask);
    const waiting = sayso.waitForDecision(id, { timeoutSeconds: 1 });
    await expect(waiting).rejects.toMatchObject({ name: "SaysoError", code: "TIMEOUT" });
  });

  test("ends when its signal says so", async () => {
    const { id } = await sayso.createApproval(ask);
    const controller = new AbortController();
    const waiting = sayso.waitForDecision(id, { signal: controller.signal });
    await asked(3);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });

  test("tells at once of a request that isn't there", async () => {
    const waiting = sayso.waitForDecision(crypto.randomUUID());
    await expect(waiting).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("outlasts a server that is away for a while", async () => {
    const { id } = await sayso.createApproval(ask);
    const waiting = sayso.waitForDecision(id);
    await asked(3);
    // The long poll under way breaks off, and so do more attempts than a single call makes.
    proxy.breakOff(...Array.from({ length: 9 }, () => away));
    await asked(9);
    await decide(id, "approve");
    expect((await waiting).status).toBe("approved");
  });

  test("doesn't wait for a server that wasn't there in the first place", async () => {
    const { id } = await sayso.createApproval(ask);
    proxy.befall(...Array.from({ length: 9 }, () => away));
    await expect(sayso.waitForDecision(id)).rejects.toMatchObject({ status: 502 });
    expect(proxy.seen).toHaveLength(4);
  });

  test("sits a rate limit out, however long; unless the time given is shorter", async () => {
    const { id } = await sayso.createApproval(ask);
    proxy.befall();
    const waiting = sayso.waitForDecision(id);
    await asked(2);
    const limited = { status: 429, headers: { "Retry-After": "1" } };
    proxy.breakOff("drop", ...Array.from({ length: 5 }, () => limited));
    await asked(6);
    await decide(id, "reject");
    expect((await waiting).status).toBe("rejected");

    const other = await sayso.createApproval(ask);
    const briefly = sayso.waitForDecision(other.id, { timeoutSeconds: 30 });
    await asked(2);
    proxy.breakOff({ status: 429, headers: { "Retry-After": "1800" } });
    await expect(briefly).rejects.toMatchObject({ status: 429, retryAfterSeconds: 1800 });
  });
});

describe("with an inbox", () => {
  const secret = stage.machine.webhookSecret;
  const create = () => sayso.createApproval({ ...ask, callback_url: `${receiver.url}/hook` });

  test("a webhook ends the wait, and the decision is what the server says", async () => {
    const inbox = createWebhookInbox(secret);
    const { id } = await create();
    proxy.befall();
    const waiting = sayso.waitForDecision(id, { inbox });
    await asked(1);
    await decide(id, "reject");
    const hook = await receiver.waitFor(({ json }) => json.request_id === id);
    // The client has only read once so far: it doesn't poll.
    expect(proxy.seen).toHaveLength(1);
    const webhook = await inbox.receive(hook.headers, hook.body);
    expect(webhook.payload).toMatchObject({ status: "rejected" });
    expect((await waiting).status).toBe("rejected");
    expect(proxy.seen).toHaveLength(2);
  });

  test("one that came in before the wait looked is not missed", async () => {
    const inbox = createWebhookInbox(secret);
    const { id } = await create();
    await decide(id, "approve");
    const hook = await receiver.waitFor(({ json }) => json.request_id === id);
    await inbox.receive(hook.headers, hook.body);
    expect((await sayso.waitForDecision(id, { inbox })).status).toBe("approved");
  });

  test("a forged one is refused and wakes nobody", async () => {
    const inbox = createWebhookInbox(secret);
    const { id } = await create();
    proxy.befall();
    const waiting = sayso.waitForDecision(id, { inbox, timeoutSeconds: 2 });
    waiting.catch(() => {});
    await asked(1);
    const forged = JSON.stringify({ request_id: id, status: "approved" });
    const headers = {
      "webhook-id": "x",
      "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
      "webhook-signature": "v1,AAAA",
    };
    await expect(inbox.receive(headers, forged)).rejects.toMatchObject({
      code: "no_matching_signature",
    });
    await expect(waiting).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("one about another request wakes nobody, and the wait still ends in time", async () => {
    const inbox = createWebhookInbox(secret);
    const [one, two] = [await create(), await create()];
    proxy.befall();
    const waiting = sayso.waitForDecision(one.id, { inbox, timeoutSeconds: 3 });
    waiting.catch(() => {});
    await asked(1);
    await decide(two.id, "approve");
    const hook = await receiver.waitFor(({ json }) => json.request_id === two.id);
    await inbox.receive(hook.headers, hook.body);
    await expect(waiting).rejects.toBeInstanceOf(SaysoError);
    // The two calls are the first read and the last one.
    expect(proxy.seen).toHaveLength(2);
  });
});

describe("going through a list", () => {
  test("gives every item once, page after page, while others are added", async () => {
    const mark = `list-${crypto.randomUUID()}`;
    const make = (n: number) =>
      Promise.all(Array.from({ length: n }, () => sayso.createApproval({ ...ask, source: mark })));
    const before = (await make(25)).map(({ id }) => id);
    const seen: Approval[] = [];
    for await (const request of sayso.iterate("listApprovals", { source: mark, page_size: 10 })) {
      seen.push(request);
      if (seen.length % 10 === 5) await make(3);
    }
    const ids = seen.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(before));
  });

  test("asks for no more pages than are wanted", async () => {
    const taken: string[] = [];
    proxy.befall();
    for await (const { id } of sayso.iterate("listApprovals", { page_size: 5 })) {
      taken.push(id);
      if (taken.length === 7) break;
    }
    expect(taken).toHaveLength(7);
    expect(proxy.seen).toHaveLength(2);
  });

  test("takes lists without pages as well", async () => {
    const { id } = await sayso.createApproval(ask);
    await alice.createComment({ id, body: "One" });
    await alice.createComment({ id, body: "Two" });
    const bodies: string[] = [];
    for await (const { body } of sayso.iterate("listComments", { id })) bodies.push(body);
    expect(bodies).toEqual(["One", "Two"]);
  });
});
