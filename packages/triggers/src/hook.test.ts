import { must } from "@sayso/must";
import { describe, expect, test } from "vitest";
import { checkHook } from "./check-hook.ts";
import { createHook } from "./create-hook.ts";
import { deleteHook } from "./delete-hook.ts";
import { hookSecrets } from "./hook.ts";
import type { Subscription, SubscriptionBody } from "./port.ts";
import { ModelServer, NOW, type CallFate } from "./test-server.ts";

const wanted: SubscriptionBody = {
  target_url: "https://example.com/hook",
  event_types: ["approval.approved", "approval.rejected"],
  filter: { priority: ["high"] },
};

function setUp() {
  const server = new ModelServer();
  const fates: CallFate[] = [];
  const calls: string[] = [];
  const real = server.port({ fate: () => fates.shift() ?? "ok" });
  const port = {
    ...real,
    createSubscription: (wish: SubscriptionBody) => {
      calls.push("create");
      return real.createSubscription(wish);
    },
    deleteSubscription: (id: string) => {
      calls.push(`delete ${id}`);
      return real.deleteSubscription(id);
    },
  };
  return {
    server,
    calls,
    /** Sets the fates of the next calls. */
    meanwhile: (...next: CallFate[]) => fates.push(...next),
    check: (stored: unknown, wish = wanted) => checkHook({ port, stored, wanted: wish }),
    create: (stored: unknown, wish = wanted) => createHook({ port, stored, wanted: wish }),
    remove: (stored: unknown) => deleteHook({ port, stored }),
    activeIds: () => server.subscriptions.map((one) => one.id),
  };
}

describe("creating", () => {
  test("again gives the same subscription and secret, also after a lost answer or a lost state", async () => {
    const { create, check, meanwhile, activeIds } = setUp();
    meanwhile("answer_lost");
    await expect(create(null)).rejects.toThrow("connection reset");
    const { hook } = await create(null);
    expect(await create(hook)).toEqual({ hook, warnings: [] });
    expect(await create(null)).toEqual({ hook, warnings: [] });
    expect(activeIds()).toEqual([hook.id]);
    expect(await check(hook)).toBe(true);
  });

  test.each([
    ["target", { target_url: "https://example.com/other" }],
    ["types", { event_types: ["approval.approved"] }],
    ["filter", { filter: { priority: ["low"] } }],
    ["filter, to none,", { filter: undefined }],
  ])(
    "with another %s makes the new one first and then deletes the old one",
    async (_what, change) => {
      const { create, check, calls, activeIds } = setUp();
      const { hook: old } = await create(null);
      const wish = { ...wanted, ...change };
      expect(await check(old, wish)).toBe(false);
      calls.length = 0;
      const { hook } = await create(old, wish);
      expect(calls).toEqual(["create", `delete ${old.id}`]);
      expect(activeIds()).toEqual([hook.id]);
      expect(hook.retired).toEqual([]);
      expect(await check(hook, wish)).toBe(true);
    },
  );

  test("with the same types in another order is the same", async () => {
    const { create, check } = setUp();
    const { hook } = await create(null);
    const wish = {
      ...wanted,
      event_types: wanted.event_types.toReversed(),
      filter: { ...wanted.filter, source: [] },
    };
    expect(await check(hook, wish)).toBe(true);
    expect(await create(hook, wish)).toEqual({ hook, warnings: [] });
  });

  test("asks for no filter where nothing is filtered: to the server an empty list lets nothing through", async () => {
    const { server, create } = setUp();
    await create(null, { ...wanted, filter: { priority: [], status: [] } });
    await create(null, { ...wanted, filter: { priority: [], source: ["b", "a", "b"] } });
    expect(server.subscriptions.map((one) => one.filter)).toEqual([
      undefined,
      { source: ["a", "b"] },
    ]);
  });

  test("is no success where the answer confirms nothing", async () => {
    const port = {
      createSubscription: () => Promise.resolve({} as Subscription & { secret: string }),
      deleteSubscription: () => Promise.resolve(),
    };
    await expect(createHook({ port, stored: null, wanted })).rejects.toThrow("didn't confirm");
  });

  test("keeps the old one when the new one can't be made", async () => {
    const { create, meanwhile, calls, activeIds } = setUp();
    const { hook: old } = await create(null);
    calls.length = 0;
    meanwhile("unreached");
    await expect(create(old, { ...wanted, event_types: ["approval.*"] })).rejects.toThrow();
    expect([calls, activeIds()]).toEqual([["create"], [old.id]]);
  });

  test("remembers an old one that couldn't be deleted, verifies what it sends, and deletes it the next time", async () => {
    const { create, check, meanwhile, activeIds } = setUp();
    const { hook: old } = await create(null);
    const wish = { ...wanted, target_url: "https://example.com/other" };
    meanwhile("ok", "unreached");
    const { hook, warnings } = await create(old, wish);
    expect(warnings.map((warning) => warning.code)).toEqual(["old_subscription_remains"]);
    expect(hookSecrets(hook)).toEqual([hook.secret, old.secret]);
    expect(activeIds()).toEqual([old.id, hook.id]);
    expect(await check(hook, wish)).toBe(false);

    const { hook: clean } = await create(hook, wish);
    expect(activeIds()).toEqual([hook.id]);
    expect(hookSecrets(clean)).toEqual([hook.secret]);
  });

  test("going back to an earlier wish doesn't delete what is wanted again", async () => {
    const { create, meanwhile, activeIds } = setUp();
    const { hook: first } = await create(null);
    meanwhile("ok", "unreached");
    const { hook: second } = await create(first, { ...wanted, event_types: ["approval.*"] });
    const { hook: again } = await create(second);
    expect(again.id).toBe(first.id);
    expect(activeIds()).toEqual([first.id]);
  });

  test("makes a new one in place of one that the server gave up or no longer knows", async () => {
    const { server, create, check, activeIds } = setUp();
    const { hook: first } = await create(null);
    must(server.subscriptions[0]).disabled_at = NOW.toISOString();
    expect(await check(first)).toBe(false);
    const { hook: second } = await create(first);
    expect(activeIds()).toEqual([second.id]);

    server.subscriptions.length = 0;
    expect(await check(second)).toBe(false);
    const { hook: third } = await create(second);
    expect(activeIds()).toEqual([third.id]);
  });
});

describe("checking", () => {
  test.each([null, undefined, {}, "x", { v: 2 }, { v: 1, id: "a" }])(
    "finds nothing in %j and asks nobody",
    async (stored) => {
      const { server, check } = setUp();
      expect(await check(stored)).toBe(false);
      expect(server.calls).toBe(0);
      expect(hookSecrets(stored)).toEqual([]);
    },
  );

  test("throws when the server can't be asked: that is no no", async () => {
    const { create, check, meanwhile } = setUp();
    const { hook } = await create(null);
    meanwhile("unreached");
    await expect(check(hook)).rejects.toThrow("connection refused");
  });
});

describe("deleting", () => {
  test("ends the subscription; again, after a lost answer, of an unknown one or of nothing is fine", async () => {
    const { create, remove, meanwhile, activeIds } = setUp();
    const { hook } = await create(null);
    meanwhile("answer_lost");
    await expect(remove(hook)).rejects.toThrow("connection reset");
    expect(await remove(hook)).toBeNull();
    expect(await remove(hook)).toBeNull();
    expect(await remove(null)).toBeNull();
    expect(activeIds()).toEqual([]);
  });

  test("ends those that were replaced as well", async () => {
    const { create, remove, meanwhile, activeIds } = setUp();
    const { hook: old } = await create(null);
    meanwhile("ok", "unreached");
    const { hook } = await create(old, { ...wanted, event_types: ["approval.*"] });
    meanwhile("unreached", "unreached");
    await expect(remove(hook)).rejects.toThrow("connection refused; connection refused");
    expect(activeIds()).toHaveLength(2);
    await remove(hook);
    expect(activeIds()).toEqual([]);
  });
});
