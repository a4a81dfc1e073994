// packages/triggers, as a platform uses it, against the real server. Only the platform is imitated.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { approvals } from "@sayso/catalogue";
import { createClient } from "@sayso/client";
import { must } from "@sayso/must";
import { createOrganization, openStage, until, type Answer, letExpire } from "@sayso/testkit";
import {
  checkHook,
  createHook,
  deleteHook,
  flatFields,
  flatten,
  hookSecrets,
  outcomeOfItem,
  poll,
  portOf,
  readDecision,
  receive,
  sampleItem,
  sampleTypes,
  settle,
  type EventItem,
  type Offer,
} from "@sayso/triggers";
import { afterAll, describe, expect, test } from "vitest";
import { signedInApi } from "../attacks/signed-in-api.ts";

const stage = await openStage();
const { server, services, machine, alice, owner } = stage;
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  await stage.close();
});

const portWith = (token: string) => portOf(createClient({ url: server.url, token }));
const port = portWith(machine.key);

/** Starts a platform that stores state and items in one step, and knows only what it stored. */
async function startPlatform(types: string[] = ["approval.*"]) {
  const handedOut: EventItem[] = [];
  const tests: EventItem[] = [];
  const statuses: number[] = [];
  let stored = "null";
  let storedHook = "null";
  let isActive = true;
  /** The number of webhooks, from the next one on, that the platform stores and then doesn't answer. */
  let lostAnswers = 0;
  const state = () => JSON.parse(stored) as unknown;
  const hook = () => JSON.parse(storedHook) as { id: string } | null;
  const commit = (offer: Offer) => {
    const settled = settle(state(), offer);
    stored = JSON.stringify(settled.state);
    handedOut.push(...settled.items);
    return settled;
  };

  const endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void receive({
        headers: request.headers,
        body: Buffer.concat(chunks),
        secrets: hookSecrets(hook()),
        now: new Date(),
        isActive,
        types,
      }).then((received) => {
        statuses.push(received.status);
        if (received.test) tests.push(received.test);
        if (received.status === 200) commit(received);
        if (lostAnswers-- > 0) response.destroy();
        else response.writeHead(received.status).end();
      });
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    endpoint.closeAllConnections();
    return new Promise((resolve) => endpoint.close(resolve));
  });
  const wanted = {
    target_url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hook`,
    event_types: types,
  };

  return {
    handedOut,
    tests,
    statuses,
    wanted,
    hook,
    state,
    store: (next: unknown) => (stored = JSON.stringify(next)),
    storeHook: (next: unknown) => (storedHook = JSON.stringify(next)),
    deactivate: () => (isActive = false),
    loseAnswers: (count: number) => (lostAnswers = count),
    async poll(options: { maxItems?: number; waitSeconds?: number } = {}) {
      const polled = await poll({ port, state: state(), types, ...options });
      commit(polled);
      return polled;
    },
    async drain() {
      while ((await this.poll({ maxItems: 7 })).move.hasMore);
    },
    async switchOn(wish = wanted) {
      const { hook: made } = await createHook({ port, stored: hook(), wanted: wish });
      storedHook = JSON.stringify(made);
      return made;
    },
    async switchOff() {
      storedHook = JSON.stringify(await deleteHook({ port, stored: hook() }));
    },
    ids: () => handedOut.map((item) => item.id),
  };
}

const idOf = ({ status, body }: Answer<{ id: string }>): string => {
  expect(status).toBe(201);
  return body.id;
};
const ask = async (body?: Record<string, unknown>) => idOf(await machine.api.create(body));

/** Asks and decides. @returns the ids of those events that a connection can see */
async function happen(count: number): Promise<string[]> {
  const requests: string[] = [];
  for (let i = 0; i < count; i++) {
    const id = await ask();
    await (i % 3 === 0 ? alice.api.reject(id, "no") : alice.api.approve(id));
    requests.push(id);
  }
  return eventsOf(requests);
}

async function eventsOf(requests: string[]): Promise<string[]> {
  const rows = await services.sql<{ id: string }>(
    "select id from events where request_id = any($1::uuid[])",
    [requests],
  );
  return rows.map((row) => row.id);
}

/** Resolves when every stored event has its position in the feed. */
const sequenced = () =>
  until(async () => {
    const [row] = await services.sql<{ open: number }>(
      "select count(*)::int as open from events e where not exists (select from feed f where f.event_id = e.id)",
    );
    return row?.open === 0;
  }, "the feed holds everything");

/** Makes pending retries due now, until the log has no pending delivery. */
const delivered = () =>
  until(async () => {
    await services.sql("update deliveries set next_attempt_at = now() where status = 'pending'");
    const [row] = await services.sql<{ open: number }>(
      "select count(*)::int as open from deliveries where status = 'pending'",
    );
    return row?.open === 0;
  }, "everything is delivered");

const sorted = (ids: readonly string[]) => [...ids].sort();

describe("polling", () => {
  test("begins with no history and brings every event once, oldest first, a few at a time", async () => {
    await happen(2);
    await sequenced();
    const platform = await startPlatform();
    expect(await platform.poll()).toMatchObject({ items: [], warnings: [] });
    const ids = await happen(4);
    await sequenced();
    await platform.drain();
    expect(sorted(platform.ids())).toEqual(sorted(ids));
    const perRequest = Map.groupBy(platform.handedOut, (item) => item.request_id);
    for (const items of perRequest.values()) {
      const numbers = items.map((item) => item.sequence);
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    }
    expect((await platform.poll()).items).toEqual([]);
  });

  test("can wait for what comes", async () => {
    const platform = await startPlatform(["approval.created"]);
    await platform.poll();
    const waiting = platform.poll({ waitSeconds: 20 });
    const id = await ask();
    expect((await waiting).items.map((item) => item.request_id)).toEqual([id]);
  });

  test("with a cursor of another history starts anew from now on, with a warning and no flood", async () => {
    const other = await createOrganization(services, server);
    const elsewhere = await other.addConnection();
    for (let i = 0; i < 3; i++) await elsewhere.api.create();
    await sequenced();
    const foreign = await poll({ port: portWith(elsewhere.key), state: null });
    const platform = await startPlatform();
    platform.store(settle(null, foreign).state);
    const polled = await platform.poll();
    expect(polled.items).toEqual([]);
    expect(polled.warnings.map((warning) => warning.code)).toEqual(["history_changed"]);
    const ids = await happen(1);
    await sequenced();
    await platform.drain();
    expect(sorted(platform.ids())).toEqual(sorted(ids));
  });
});

describe("a hook", () => {
  test("is made once, replaced by the new one when its types change, and gone when deleted", async () => {
    const platform = await startPlatform();
    const { wanted } = platform;
    const first = await platform.switchOn();
    expect(await platform.switchOn()).toEqual(first);
    expect(await createHook({ port, stored: null, wanted })).toEqual({ hook: first, warnings: [] });
    expect(await checkHook({ port, stored: first, wanted })).toBe(true);

    const wish = { ...wanted, event_types: ["approval.rejected", "approval.approved"] };
    expect(await checkHook({ port, stored: first, wanted: wish })).toBe(false);
    const second = await platform.switchOn(wish);
    await expect(port.getSubscription(first.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await checkHook({ port, stored: second, wanted: wish })).toBe(true);

    await platform.switchOff();
    expect(await checkHook({ port, stored: second, wanted: wish })).toBe(false);
    expect(await deleteHook({ port, stored: second })).toBeNull();
  });

  test("hears of every event once, though answers get lost and deliveries are replayed", async () => {
    const platform = await startPlatform(["approval.approved", "approval.rejected"]);
    const hook = await platform.switchOn();
    platform.loseAnswers(3);
    const requests: string[] = [];
    for (let i = 0; i < 5; i++) {
      const id = await ask();
      await alice.api.approve(id);
      requests.push(id);
    }
    await until(() => platform.statuses.length >= 5, "each was sent once");
    await delivered();
    const [one] = await services.sql<{ id: string }>(
      "select id from deliveries where subscription_id = $1 limit 1",
      [hook.id],
    );
    const before = platform.statuses.length;
    expect((await owner.api.replay(must(one).id)).status).toBe(200);
    await until(() => platform.statuses.length > before, "it was sent again");
    expect(before).toBeGreaterThanOrEqual(8);
    expect(new Set(platform.statuses)).toEqual(new Set([200]));
    expect(sorted(platform.handedOut.map((item) => must(item.request_id)))).toEqual(
      sorted(requests),
    );
    await platform.switchOff();
  });

  test("gives by webhook the very item that a poll gives", async () => {
    const platform = await startPlatform(["approval.approved"]);
    await platform.poll();
    const { state } = settle(platform.state(), { items: [], move: null });
    await platform.switchOn();
    const id = await ask({ metadata: { order: 1, note: "ä “x”" } });
    await alice.api.approve(id, "Fine");
    await until(() => platform.handedOut.length === 1, "the webhook came");
    const polled = await poll({ port, state, types: ["approval.approved"] });
    expect(polled.items).toEqual(platform.handedOut);
    await platform.switchOff();
  });

  test("tells a test from an event", async () => {
    const platform = await startPlatform();
    const { id } = await platform.switchOn();
    const tried = await machine.api.call("POST", `/api/v1/subscriptions/${id}/test`);
    expect(tried.status).toBe(200);
    await until(() => platform.tests.length === 1, "the test came");
    expect(platform.tests[0]).toMatchObject({ type: "subscription.tested", request: null });
    expect(platform.handedOut).toEqual([]);
    await platform.switchOff();
  });

  test("that is switched off without being deleted ends itself by 410, and is made anew", async () => {
    const platform = await startPlatform();
    const { wanted } = platform;
    const first = await platform.switchOn();
    platform.deactivate();
    await ask();
    await until(
      async () => (await port.getSubscription(first.id)).disabled_at != null,
      "the subscription is over",
    );
    expect(platform.handedOut).toEqual([]);
    expect(await checkHook({ port, stored: first, wanted })).toBe(false);
    const second = await platform.switchOn();
    expect(second.id).not.toBe(first.id);
    await platform.switchOff();
  });

  test("refuses what isn't signed by its subscription", async () => {
    const platform = await startPlatform();
    const hook = await platform.switchOn();
    platform.storeHook({ ...hook, secret: `whsec_${"A".repeat(32)}` });
    await ask();
    await until(() => platform.statuses.length > 0, "a webhook came");
    expect(new Set(platform.statuses)).toEqual(new Set([401]));
    expect(platform.handedOut).toEqual([]);
    await platform.switchOff();
  });
});

test("polling and webhooks, switched to and fro while requests are made and answers get lost, miss nothing and double nothing", async () => {
  const platform = await startPlatform();
  await platform.poll();
  const writing = Promise.all([happen(12), happen(12), happen(12)]);
  for (let i = 0; i < 4; i++) {
    await platform.switchOn();
    platform.loseAnswers(2);
    await Promise.all([platform.drain(), platform.drain()]);
    await platform.switchOff();
    await platform.drain();
  }
  await platform.switchOn();
  const ids = (await writing).flat();
  await sequenced();
  platform.loseAnswers(0);
  await delivered();
  await platform.switchOff();
  await platform.drain();
  expect(sorted(platform.ids())).toEqual(sorted(ids));
});

describe("a decision", () => {
  const read = (id: string) => readDecision(port, id);

  test("is yes only where somebody approved", async () => {
    const [approved, rejected, cancelled, pending, log] = await Promise.all([
      ask(),
      ask(),
      ask(),
      ask(),
      ask({ is_log: true }),
    ]);
    await alice.api.approve(approved, "Fine");
    await alice.api.reject(rejected, "Too risky");
    await machine.api.cancel(cancelled, "Moot");
    const expired = await ask({ expires_at: new Date(Date.now() + 3_600_000).toISOString() });
    await letExpire(services, expired);
    await until(async () => (await read(expired)).kind === "expired", "it expired");

    expect(await read(approved)).toMatchObject({
      kind: "approved",
      goesOn: true,
      message: expect.stringMatching(
        /^“Deploy v2” was approved by Alice Approver, through the personal token .+: Fine$/,
      ) as string,
    });
    expect(await read(rejected)).toMatchObject({
      kind: "rejected",
      goesOn: false,
      message: expect.stringMatching(
        /^“Deploy v2” was rejected by Alice Approver, through the personal token .+: Too risky$/,
      ) as string,
    });
    expect(await read(cancelled)).toMatchObject({ kind: "cancelled", goesOn: false, why: "Moot" });
    expect(await read(pending)).toMatchObject({ kind: "pending", goesOn: false, isFinal: false });
    expect(await read(log)).toMatchObject({ kind: "error", goesOn: false });
    const unknown = "01930000-0000-7000-8000-000000000000";
    expect(await read(unknown)).toMatchObject({ kind: "error", goesOn: false });
  });

  test("by the emergency stop is no yes, and its event says that it was stopped", async () => {
    const other = await createOrganization(services, server);
    const elsewhere = await other.addConnection();
    const theirs = portWith(elsewhere.key);
    const first = await poll({ port: theirs, state: null });
    const { id } = (await elsewhere.api.create()).body;
    await other.owner.api.call("POST", "/api/v1/emergency-stop", {
      body: { active: true, reason: "Leak" },
    });
    await sequenced();
    expect(await readDecision(theirs, id)).toMatchObject({ goesOn: false, isFinal: true, n8n: 0 });
    const { state } = settle(null, first);
    const { items } = await poll({ port: theirs, state, types: ["approval.cancelled"] });
    expect(items.map(outcomeOfItem)).toEqual(["stopped"]);
  });
});

describe("the samples", () => {
  test.each(sampleTypes)("%s is an item as the API declares it", (type) => {
    expect(approvals.Event.parse(sampleItem(type))).toEqual(sampleItem(type));
  });

  test("and flat items hold all that real events do", async () => {
    const platform = await startPlatform();
    await platform.poll();
    const quorum = await ask({ required_approvals: 2 });
    await machine.api.comment(quorum, "hm");
    await machine.api.revise(quorum, { title: "Deploy v3" });
    await alice.api.approve(quorum);
    await owner.api.approve(quorum);
    await alice.api.reject(await ask());
    await machine.api.cancel(await ask());
    const stepped = await ask();
    await machine.api.setSteps(stepped, [{ approver_id: alice.id, step_order: 1 }]);
    await alice.api.delegate(stepped, { to_user_id: stage.bob.id });
    await stage.bob.api.approve(stepped);
    const leaving = await stage.organization.addPerson();
    await leaving.api.approve(await ask({ required_approvals: 2 }));
    await owner.api.call("PATCH", `/api/v1/people/${leaving.id}`, { body: { can_approve: false } });
    const byItself = { auto_action: "approve", auto_action_after_minutes: 60 };
    const { call } = await signedInApi(server.url, alice);
    const ruled = await call<{ id: string }>("POST", "/api/v1/approvals", {
      body: { title: "Deploy", description: "v4", priority: "low", ...byItself },
    });
    const steps = [{ approver_id: alice.id, step_order: 1 }];
    await call("POST", `/api/v1/approvals/${ruled.body.id}/steps`, { body: { steps } });
    await letExpire(
      services,
      await ask({ expires_at: new Date(Date.now() + 3_600_000).toISOString() }),
    );
    await until(async () => {
      await platform.drain();
      return platform.handedOut.some((item) => item.type === "approval.expired");
    }, "it expired");

    const seen = new Set(platform.handedOut.map((item) => item.type));
    const unseen = sampleTypes.filter((type) => !seen.has(type));
    expect(unseen).toEqual(["delivery.failed"]);
    for (const item of platform.handedOut) {
      const sample = sampleItem(item.type);
      const unknown = Object.keys(item.data).filter((key) => !(key in sample.data));
      expect([item.type, unknown]).toEqual([item.type, []]);
      expect(Object.keys(must(item.request))).toEqual(Object.keys(must(sample.request)));
      expect(Object.keys(flatten(item))).toEqual(flatFields.map((field) => field.key));
    }
  });
});
