import fc, { type Scheduler } from "fast-check";
import { describe, expect, test } from "vitest";
import { createHook } from "./create-hook.ts";
import { deleteHook } from "./delete-hook.ts";
import { isWanted } from "./filter.ts";
import { hookSecrets } from "./hook.ts";
import { poll, type Polled } from "./poll.ts";
import { receive } from "./receive.ts";
import { settle, type Offer } from "./settle.ts";
import { ModelServer, NOW, type CallFate, type ModelDelivery } from "./test-server.ts";

// The guarantee: whatever gets lost, repeated, reordered or runs at once, every event is handed out once. fast-check
// decides at every await which call goes on next, so it also finds faults that need a rare interleaving.

const wanted = {
  types: ["approval.approved", "approval.rejected"],
  filter: { priority: ["high", "critical"] },
};

/** A platform. It knows only the state that it last stored, and stores it together with the items that it hands out. */
class Platform {
  stored = "null";
  storedHook = "null";
  readonly handedOut: string[] = [];
  isPollDue = false;
  readonly server: ModelServer;
  readonly memory: number;

  constructor(server: ModelServer, memory: number) {
    this.server = server;
    this.memory = memory;
  }

  get state(): unknown {
    return JSON.parse(this.stored) as unknown;
  }

  get hook(): unknown {
    return JSON.parse(this.storedHook) as unknown;
  }

  /** Settles, stores and hands out in one step. */
  commit(offer: Offer): void {
    const { items, state, isPollDue } = settle(this.state, offer, { memory: this.memory });
    this.stored = JSON.stringify(state);
    this.isPollDue = isPollDue;
    this.handedOut.push(...items.map((item) => item.id));
    expect(state.seen.length).toBeLessThanOrEqual(this.memory);
  }

  receive(delivery: ModelDelivery, isActive = true) {
    const secrets = hookSecrets(this.hook);
    return receive({ ...this.server.attempt(delivery), secrets, now: NOW, isActive, ...wanted });
  }

  /** Stores a first poll with its samples. A manual test hands them out; switching a workflow on drops them. */
  begin({ items, ...polled }: Polled, keepsSamples: boolean): void {
    expect(polled.areSamples).toBe(items.length > 0);
    this.commit({ ...polled, items: keepsSamples ? items : [] });
  }

  /** Polls without a fault until nothing is left. */
  async drain(maxItems = 100): Promise<void> {
    const port = this.server.port();
    let polls = 0;
    for (let hasMore = true; hasMore;) {
      expect(polls++, "polls until the head").toBeLessThan(500);
      const polled = await poll({ port, state: this.state, maxItems, ...wanted });
      this.commit(polled);
      hasMore = polled.move.hasMore;
    }
  }

  /** Lets the server send until every webhook is answered. */
  async deliverAll(): Promise<void> {
    for (const delivery of this.server.pending()) {
      const received = await this.receive(delivery);
      this.commit(received);
      this.server.answered(delivery, received.status);
    }
  }
}

const callFate = fc.constantFrom<CallFate>("ok", "ok", "ok", "unreached", "answer_lost");
const anyWrite = fc.record({
  type: fc.constantFrom("approval.approved", "approval.rejected", "approval.created"),
  priority: fc.constantFrom("high", "high", "low"),
  /** The number of ticks before the write commits. */
  lateness: fc.nat({ max: 6 }),
});
const writes = (maxLength: number) => fc.array(anyWrite, { maxLength });
/** The end of a platform's run after its calls: stored, lost with the platform, or stored and tried once more. */
const runFate = fc.constantFrom<RunFate>("commit", "commit", "commit", "crash", "commit_twice");
type RunFate = "commit" | "crash" | "commit_twice";

/** Returns a function that gives the values one by one, and then the last resort for ever. */
function script<T>(values: readonly T[], lastResort: T): () => T {
  let next = 0;
  return () => values[next++] ?? lastResort;
}

type Tick = () => Promise<unknown>;
const ticking =
  (scheduler: Scheduler): Tick =>
  () =>
    scheduler.schedule(Promise.resolve());

/** Starts writers one after another; each commits after its own number of ticks. */
const writeAll = (server: ModelServer, all: readonly WriteOf[], tick: Tick): Promise<unknown> =>
  Promise.all(
    all.map(async ({ type, priority, lateness }) => {
      const item = server.begin(type, priority);
      for (let i = 0; i < lateness; i++) await tick();
      server.commit(item);
    }),
  );
type WriteOf = { type: string; priority: "high" | "low"; lateness: number };

function apply(platform: Platform, offer: Offer, fate: RunFate): void {
  if (fate === "crash") return;
  platform.commit(offer);
  if (fate === "commit_twice") platform.commit(offer);
}

async function pollRuns(
  platform: Platform,
  fates: readonly RunFate[],
  options: { tick: Tick; fate: () => CallFate; maxItems: number; maxCalls?: number },
): Promise<void> {
  const { tick, fate, maxItems, maxCalls } = options;
  const port = platform.server.port({ fate, travel: tick });
  for (const runFate of fates) {
    await tick();
    const polled = await poll({ port, state: platform.state, maxItems, maxCalls, ...wanted }).catch(
      () => null,
    );
    // Lets others run while the platform still works on the items.
    await tick();
    if (polled) apply(platform, polled, runFate);
  }
}

const idsOf = (server: ModelServer, from: number) =>
  server.feed
    .slice(from)
    .filter((item) => isWanted(item, wanted))
    .map((item) => item.id);

describe("polling alone", () => {
  test("hands out every event once and in order, with any memory, several pollers, lost answers and restarts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        writes(5),
        writes(30),
        fc.array(fc.array(runFate, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        fc.array(callFate, { maxLength: 60 }),
        fc.record({
          memory: fc.integer({ min: 1, max: 8 }),
          maxItems: fc.integer({ min: 1, max: 9 }),
          maxCalls: fc.integer({ min: 1, max: 4 }),
        }),
        async (scheduler, history, events, pollers, callFates, { memory, ...bounds }) => {
          const server = new ModelServer();
          for (const { type, priority } of history) server.happen(1, type, priority);
          const platform = new Platform(server, memory);
          await platform.drain();
          expect(platform.handedOut).toEqual([]);

          const tick = ticking(scheduler);
          const fate = script(callFates, "ok");
          await scheduler.waitFor(
            Promise.all([
              writeAll(server, events, tick),
              ...pollers.map((fates) => pollRuns(platform, fates, { tick, fate, ...bounds })),
            ]),
          );
          await platform.drain(bounds.maxItems);
          expect(platform.handedOut).toEqual(idsOf(server, history.length));
        },
      ),
      { numRuns: 400 },
    );
  });

  test("after a first poll with samples, kept or dropped, hands out all that follows, while others write", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        writes(8),
        writes(20),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        async (scheduler, history, events, samples, keepsSamples) => {
          const server = new ModelServer();
          for (const { type, priority } of history) server.happen(1, type, priority);
          const platform = new Platform(server, 100);
          const tick = ticking(scheduler);
          const port = server.port({ travel: tick });
          let shown: string[] = [];
          const begin = async () => {
            const first = await poll({ port, state: null, samples, ...wanted });
            shown = first.items.map((item) => item.id);
            platform.begin(first, keepsSamples);
          };
          await scheduler.waitFor(Promise.all([writeAll(server, events, tick), begin()]));
          await platform.drain(5);

          const all = idsOf(server, 0);
          const later = platform.handedOut.slice(keepsSamples ? shown.length : 0);
          // The samples and the items after them are the end of the feed, without a gap or a repetition.
          expect([...shown, ...later]).toEqual(all.slice(all.length - shown.length - later.length));
          expect(shown.length).toBe(Math.min(samples, all.length - later.length));
          expect(platform.handedOut).toEqual(keepsSamples ? [...shown, ...later] : later);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("goes on where it was, or starts anew with a warning, when the server comes back from a backup", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 30 }),
        fc.nat({ max: 10 }),
        fc.nat({ max: 40 }),
        fc.nat({ max: 10 }),
        async (polled, unpolled, kept, later) => {
          const server = new ModelServer();
          const platform = new Platform(server, 5);
          await platform.drain();
          server.happen(polled);
          await platform.drain();
          server.happen(unpolled);
          server.restore(kept);
          const isCursorGone = kept < polled;
          const expected = [...platform.handedOut];
          if (!isCursorGone) expected.push(...idsOf(server, polled));
          const beforehand = isCursorGone ? [] : server.happen(later);

          const first = await poll({ port: server.port(), state: platform.state, ...wanted });
          expect(first.warnings.map((warning) => warning.code)).toEqual(
            isCursorGone ? ["history_changed"] : [],
          );
          if (isCursorGone) expect(first.items).toEqual([]);
          platform.commit(first);
          const after = isCursorGone ? server.happen(later) : [];
          await platform.drain();
          expected.push(...[...beforehand, ...after].map((item) => item.id));
          expect(platform.handedOut).toEqual(expected);
        },
      ),
    );
  });

  test("with a platform that forgets its cursor now and then and tells new from old by id, misses nothing", async () => {
    // Zapier keeps a cursor for an hour and deduplicates on its servers, in batches of 100.
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ count: fc.nat({ max: 100 }), forgets: fc.boolean() }), {
          maxLength: 8,
        }),
        async (rounds) => {
          const server = new ModelServer();
          const known = new Set<string>();
          const run = async (state: unknown) => {
            const polled = await poll({
              port: server.port({ scanMax: 1000 }),
              state,
              samples: 100,
              ...wanted,
            });
            const settled = settle(state, polled);
            settled.items.forEach((item) => known.add(item.id));
            return settled.state;
          };
          let state = await run(null);
          for (const { count, forgets } of rounds) {
            server.happen(count);
            state = await run(forgets ? null : state);
          }
          expect([...known]).toEqual(idsOf(server, 0));
        },
      ),
      { numRuns: 50 },
    );
  });
});

type HookStep = "on" | "move" | "off" | "crash_on";
const hookStep = fc.constantFrom<HookStep>("on", "move", "off", "crash_on");
const deliveryFate = fc.constantFrom<DeliveryFate>("ok", "ok", "unreached", "answer_lost", "crash");
type DeliveryFate = "ok" | "unreached" | "answer_lost" | "crash";

/** Switches the hook on, to another address, and off. Stores it unless the platform dies meanwhile. */
async function hookRuns(
  platform: Platform,
  steps: readonly HookStep[],
  { tick, fate }: { tick: Tick; fate: () => CallFate },
): Promise<void> {
  const port = platform.server.port({ fate, travel: tick });
  let address = 0;
  for (const step of steps) {
    await tick();
    if (step === "move") address++;
    const stored = platform.hook;
    const body = {
      target_url: `https://example.com/${address}`,
      event_types: wanted.types,
      filter: wanted.filter,
    };
    const done =
      step === "off"
        ? await deleteHook({ port, stored }).then(
            () => ({ hook: null }),
            () => null,
          )
        : await createHook({ port, stored, wanted: body }).catch(() => null);
    if (done && step !== "crash_on") platform.storedHook = JSON.stringify(done.hook);
  }
}

/** Sends the pending webhooks in any order, and repeats some that were answered already. */
async function deliveryRuns(
  platform: Platform,
  runs: readonly { which: number; fate: DeliveryFate }[],
  tick: Tick,
): Promise<void> {
  const { server } = platform;
  for (const { which, fate } of runs) {
    await tick();
    const all = server.deliveries.filter((one) => one.status !== "gone");
    const delivery = all[which % Math.max(all.length, 1)];
    if (!delivery || fate === "unreached") continue;
    const received = await platform.receive(delivery);
    await tick();
    if (fate === "crash") continue;
    if (received.status === 200) platform.commit(received);
    if (fate === "ok") server.answered(delivery, received.status);
  }
}

const anyDeliveryRun = fc.record({ which: fc.nat({ max: 50 }), fate: deliveryFate });

describe("webhooks and polling together", () => {
  test("hand out every event once, over lost answers, repeated deliveries, restarts and switching to and fro", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        writes(25),
        fc.array(fc.array(runFate, { maxLength: 4 }), { minLength: 1, maxLength: 2 }),
        fc.array(hookStep, { minLength: 1, maxLength: 6 }),
        fc.array(fc.array(anyDeliveryRun, { maxLength: 15 }), { minLength: 1, maxLength: 3 }),
        fc.array(callFate, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (scheduler, events, pollers, hookSteps, senders, callFates, maxItems) => {
          const server = new ModelServer();
          const platform = new Platform(server, 200);
          await platform.drain();
          const tick = ticking(scheduler);
          const fate = script(callFates, "ok");
          await scheduler.waitFor(
            Promise.all([
              writeAll(server, events, tick),
              hookRuns(platform, hookSteps, { tick, fate }),
              ...pollers.map((fates) => pollRuns(platform, fates, { tick, fate, maxItems })),
              ...senders.map((runs) => deliveryRuns(platform, runs, tick)),
            ]),
          );
          await platform.deliverAll();
          await platform.drain(maxItems);
          await platform.deliverAll();
          expect(platform.handedOut.toSorted()).toEqual(idsOf(server, 0).toSorted());
        },
      ),
      { numRuns: 500 },
    );
  });

  test("need a memory no longer than what comes between two polls, if one polls when told to", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 12, max: 30 }),
        fc.array(fc.record({ burst: fc.integer({ min: 1, max: 3 }), repeat: fc.nat({ max: 2 }) }), {
          minLength: 40,
          maxLength: 120,
        }),
        async (memory, bursts) => {
          const server = new ModelServer();
          const platform = new Platform(server, memory);
          await platform.drain();
          await hookRuns(platform, ["on"], { tick: () => Promise.resolve(), fate: () => "ok" });
          for (const { burst, repeat } of bursts) {
            server.happen(burst);
            const sent = server.pending();
            await platform.deliverAll();
            for (const delivery of sent.slice(0, repeat)) {
              platform.commit(await platform.receive(delivery));
            }
            if (platform.isPollDue) await platform.drain();
          }
          await platform.drain();
          expect(platform.handedOut).toEqual(idsOf(server, 0));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("webhooks alone", () => {
  test("hand out once every event since the subscription exists, however often one is sent or the platform dies", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        writes(25),
        fc.array(fc.array(anyDeliveryRun, { maxLength: 20 }), { minLength: 1, maxLength: 3 }),
        fc.array(callFate, { maxLength: 10 }),
        fc.array(fc.constantFrom<HookStep>("on", "crash_on"), { maxLength: 4 }),
        async (scheduler, events, senders, callFates, steps) => {
          const server = new ModelServer();
          const platform = new Platform(server, 200);
          const tick = ticking(scheduler);
          const fate = script(callFates, "ok");
          await scheduler.waitFor(
            Promise.all([
              writeAll(server, events, tick),
              hookRuns(platform, steps, { tick, fate }),
              ...senders.map((runs) => deliveryRuns(platform, runs, tick)),
            ]),
          );
          await hookRuns(platform, ["on"], { tick: () => Promise.resolve(), fate: () => "ok" });
          server.happen(3);
          await platform.deliverAll();
          const sent = server.deliveries.map((one) => one.item.id);
          expect(server.subscriptions).toHaveLength(1);
          expect(platform.handedOut.toSorted()).toEqual(sent.toSorted());
        },
      ),
      { numRuns: 200 },
    );
  });
});
