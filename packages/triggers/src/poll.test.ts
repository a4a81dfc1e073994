import { must } from "@sayso/must";
import { describe, expect, test } from "vitest";
import { poll, type PollOptions } from "./poll.ts";
import { settle } from "./settle.ts";
import { ModelServer, Refusal } from "./test-server.ts";

const idsOf = (items: readonly { id: string }[]) => items.map((item) => item.id);

function setUp(options: Partial<PollOptions> = {}) {
  const server = new ModelServer();
  const port = server.port();
  let stored: unknown = undefined;
  return {
    server,
    store: (state: unknown) => (stored = state),
    stored: () => stored,
    /** Does one run of a platform. */
    run: async (more: Partial<PollOptions> = {}) => {
      const polled = await poll({ port, state: stored, ...options, ...more });
      const settled = settle(stored, polled);
      stored = settled.state;
      return { ...polled, items: settled.items };
    },
  };
}

describe("a first poll", () => {
  test("gives no history and begins at the head", async () => {
    const { server, run } = setUp();
    server.happen(5);
    expect(await run()).toMatchObject({ items: [], warnings: [], move: { from: null } });
    const [next] = server.happen(1);
    expect(idsOf((await run()).items)).toEqual([must(next).id]);
  });

  test.each([undefined, null, "", {}])(
    "is one with %o as state, and gives as many samples as asked for, the newest, oldest first",
    async (state) => {
      const { server, run, store } = setUp({ samples: 3 });
      store(state);
      const history = server.happen(5);
      const first = await run();
      expect(first.warnings).toEqual([]);
      expect(idsOf(first.items)).toEqual(idsOf(history.slice(-3)));
      expect((await run()).items).toEqual([]);
    },
  );

  test("samples only what is wanted", async () => {
    const { server, run } = setUp({ samples: 2, filter: { priority: ["high"] } });
    const [, second, third] = server.happen(3, "approval.approved", "high");
    server.happen(3, "approval.approved", "low");
    expect(idsOf((await run()).items)).toEqual([must(second).id, must(third).id]);
  });

  test("marks samples as such, and nothing else", async () => {
    const { server, run } = setUp({ samples: 2 });
    server.happen(3);
    expect(await run()).toMatchObject({ areSamples: true, items: [{}, {}] });
    server.happen(1);
    expect(await run()).toMatchObject({ areSamples: false, items: [{}] });
    expect(await setUp({ samples: 2 }).run()).toMatchObject({ areSamples: false, items: [] });
  });

  test("whose samples are dropped misses nothing of what comes while it is under way", async () => {
    const server = new ModelServer();
    const port = server.port();
    const history = server.happen(2);
    const [before, after] = [server.begin(), server.begin()];
    const first = await poll({
      state: null,
      samples: 5,
      port: {
        ...port,
        recentEvents: async (query) => {
          server.commit(before);
          const recent = await must(port.recentEvents)(query);
          server.commit(after);
          return recent;
        },
      },
    });
    expect(idsOf(first.items)).toEqual(idsOf([...history, before]));
    const { state } = settle(null, { ...first, items: [] });
    expect(idsOf(settle(state, await poll({ port, state })).items)).toEqual([after.id]);
  });

  test("needs no samples from a port that can't give any", async () => {
    const { server } = setUp();
    server.happen(2);
    const { listEvents } = server.port();
    expect((await poll({ port: { listEvents }, state: null, samples: 3 })).items).toEqual([]);
  });
});

describe("a later poll", () => {
  test("brings at most maxItems and says that more is there, and the next one brings the rest", async () => {
    const { server, run } = setUp({ maxItems: 10 });
    await run();
    const events = server.happen(25);
    const runs = [await run(), await run(), await run()];
    expect(runs.map(({ items }) => items.length)).toEqual([10, 10, 5]);
    expect(runs.map(({ move }) => move.hasMore)).toEqual([true, true, false]);
    expect(idsOf(runs.flatMap(({ items }) => items))).toEqual(idsOf(events));
  });

  test("makes at most maxCalls calls while it passes over what isn't wanted, and keeps its place", async () => {
    const { server, run } = setUp({ types: ["approval.expired"], maxCalls: 3 });
    await run();
    server.happen(40);
    const [wanted] = server.happen(1, "approval.expired");
    server.calls = 0;
    const first = await run();
    expect([server.calls, first.items, first.move.hasMore]).toEqual([3, [], true]);
    expect(idsOf((await run()).items)).toEqual([must(wanted).id]);
  });

  test("passes over what webhooks brought at no cost to what is new", async () => {
    const { server, run, stored, store } = setUp({ maxItems: 5 });
    await run();
    const events = server.happen(30);
    store(settle(stored(), { items: events, move: null }).state);
    const [fresh] = server.happen(1);
    expect(idsOf((await run()).items)).toEqual([must(fresh).id]);
  });

  test("keeps the pages before a failure, says so, and brings the rest the next time", async () => {
    const { server, run, stored } = setUp();
    await run();
    const events = server.happen(20);
    let calls = 0;
    const port = server.port({ fate: () => (++calls === 2 ? "unreached" : "ok") });
    const polled = await poll({ port, state: stored() });
    expect(idsOf(polled.items)).toEqual(idsOf(events.slice(0, 7)));
    expect(polled.warnings).toEqual([
      {
        code: "interrupted",
        message: "The next poll returns the rest: connection refused",
      },
    ]);
    expect(polled.move.hasMore).toBe(true);
  });

  test("throws what the server says at the first call, and has changed nothing", async () => {
    const { server, run, stored } = setUp();
    await run();
    const before = JSON.stringify(stored());
    const port = server.port({ fate: () => "answer_lost" });
    await expect(poll({ port, state: stored() })).rejects.toThrow("connection reset");
    expect(JSON.stringify(stored())).toBe(before);
  });

  test("never changes the state it is given", async () => {
    const { server, run, stored } = setUp();
    await run();
    server.happen(20);
    const frozen = Object.freeze({ ...(stored() as object) });
    expect((await poll({ port: server.port(), state: frozen })).items).toHaveLength(20);
  });

  test("leaves out what is no event and says so", async () => {
    const { server, run } = setUp();
    await run();
    const [before] = server.happen(1);
    server.feed.push({ id: "" } as never, { ...server.begin(), id: "x".repeat(101) });
    const [after] = server.happen(1);
    const polled = await run();
    expect(idsOf(polled.items)).toEqual([must(before).id, must(after).id]);
    expect(polled.warnings.map((warning) => warning.code)).toEqual(["malformed_event"]);
  });

  test("ends when the server's cursor stands still, whatever it says of more", async () => {
    const { server, run, stored } = setUp();
    await run();
    let calls = 0;
    const stuck = {
      listEvents: ({ after }: { after: string }) => {
        calls++;
        return Promise.resolve({ data: [], next_cursor: after, has_more: true });
      },
    };
    expect((await poll({ port: stuck, state: stored() })).move.hasMore).toBe(false);
    expect(calls).toBe(1);
    expect(server.calls).toBe(1);
  });

  test("lets the server wait for the first event only", async () => {
    const { server, run, stored } = setUp();
    await run();
    server.happen(10);
    const port = server.port();
    const waits: unknown[] = [];
    const listEvents: typeof port.listEvents = (query) => {
      waits.push(query.wait);
      return port.listEvents(query);
    };
    await poll({ port: { listEvents }, state: stored(), waitSeconds: 20 });
    expect(waits).toEqual([20, undefined]);
  });
});

describe("a state that can't be gone on from", () => {
  test("is begun anew from the head, with a warning and no flood: the server's history is another one", async () => {
    const { server, run } = setUp({ samples: 50 });
    server.happen(20);
    await run();
    server.restore(10);
    server.happen(30);
    const polled = await run();
    expect(polled.items).toEqual([]);
    expect(polled.warnings.map((warning) => warning.code)).toEqual(["history_changed"]);
    const [next] = server.happen(1);
    expect(await run()).toMatchObject({ warnings: [], items: [{ id: must(next).id }] });
  });

  test.each([
    "garbage",
    7,
    [],
    { v: 2, cursor: "5~", seen: [], received: 0 },
    { v: 1, cursor: 5, seen: [], received: 0 },
    { v: 1, cursor: "5~", seen: [1], received: 0 },
    { v: 1, cursor: "5~", seen: [] },
  ])("is begun anew from the head, with a warning and no flood: %j", async (state) => {
    const { server, run, store } = setUp({ samples: 50 });
    store(state);
    server.happen(20);
    const polled = await run();
    expect(polled.items).toEqual([]);
    expect(polled.warnings.map((warning) => warning.code)).toEqual(["state_unreadable"]);
    const [next] = server.happen(1);
    expect(await run()).toMatchObject({ warnings: [], items: [{ id: must(next).id }] });
  });

  test("that another field was refused is an error like any other", async () => {
    const { server, run, stored } = setUp();
    await run();
    const refusal = new Refusal("VALIDATION_ERROR", "types");
    let calls = 0;
    const port = server.port();
    const listEvents: typeof port.listEvents = (query) =>
      calls++ === 0 ? Promise.reject(refusal) : port.listEvents(query);
    await expect(poll({ port: { listEvents }, state: stored() })).rejects.toBe(refusal);
  });
});

test.each([
  [{ samples: -1 }, "samples is a whole number from 0 to 100"],
  [{ samples: 101 }, "samples is a whole number from 0 to 100"],
  [{ maxItems: 0 }, "maxItems is a whole number from 1"],
  [{ maxCalls: 1.5 }, "maxCalls is a whole number from 1"],
])("refuses %j", async (options, message) => {
  await expect(setUp(options).run()).rejects.toThrow(new RangeError(message));
});

test("a poll falls due when webhooks have filled half of the memory, until one comes to the head", async () => {
  const { server, run, stored, store } = setUp({ maxItems: 1 });
  const receive = (count: number) => {
    const offer = { items: server.happen(count), move: null };
    const settled = settle(stored(), offer, { memory: 10 });
    store(settled.state);
    return settled.isPollDue;
  };
  expect(receive(9)).toBe(false); // Nobody polls here, so there is no cursor to move on.
  await run();
  expect([receive(4), receive(1)]).toEqual([false, true]);
  server.happen(2);
  await run();
  expect(receive(0)).toBe(true);
  await run();
  expect(receive(0)).toBe(false);
  expect([receive(4), receive(1)]).toEqual([false, true]);
});

test("a memory of nothing is refused", () => {
  expect(() => settle(null, { items: [], move: null }, { memory: 0 })).toThrow(RangeError);
});
