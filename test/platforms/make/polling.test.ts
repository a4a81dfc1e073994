import { must } from "@sayso/must";
import { make, until } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMakeStage, type MakeStage } from "./make-stage.ts";

// Make's polling triggers keep a date and the ids of that date, and see only records that are at least 30 seconds old.

/** The number of decisions; `SAYSO_MAKE_DECISIONS=5000` for the full run. */
const DECISIONS = Number(process.env.SAYSO_MAKE_DECISIONS ?? 1000);
const ROUNDS = 5;
/** The maximum of decisions in one run. A round has three runs, so some decisions remain for the next round. */
const LIMIT = DECISIONS / ROUNDS / 4;

interface Request {
  id: string;
  title: string;
  status: string;
  decided_at: string;
}

let stage: MakeStage;
/** A Make whose clock is a minute ahead, so that new records are old enough. */
let later: make.MakeEngine;
beforeAll(async () => {
  stage = await openMakeStage();
  later = make.createInterpreter(stage.app, { now: () => new Date(Date.now() + 60_000) });
});
afterAll(() => stage.close());

const poll = async (
  module: string,
  state: make.TriggerState,
  parameters: Record<string, unknown> = {},
  engine = later,
) => {
  const { connection } = stage;
  const polled = await engine.poll(module, { connection, parameters, state });
  // Make stores the state as JSON.
  const kept = JSON.parse(JSON.stringify(polled.state)) as make.TriggerState;
  return { bundles: polled.bundles as Request[], state: kept };
};

let place: make.TriggerState = {};
/** Processes everything up to now. */
async function catchUp(): Promise<make.TriggerState> {
  place = (await pollAll("watchDecisionsPolling", place, 500)).state;
  return place;
}

/** Runs the trigger until a run returns nothing. */
async function pollAll(module: string, state: make.TriggerState, limit: number) {
  const all: Request[] = [];
  for (;;) {
    const polled = await poll(module, state, { limit });
    state = polled.state;
    if (polled.bundles.length === 0) return { all, state };
    all.push(...polled.bundles);
  }
}

async function decideMany(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let done = 0; done < count; done += 50) {
    const made = await Promise.all(
      Array.from({ length: Math.min(50, count - done) }, () => stage.machine.api.create()),
    );
    const batch = made.map(({ body }) => body.id);
    const decision = done % 100 === 0 ? "approve" : "reject";
    const { status } = await stage.alice.api.batch({ ids: batch, decision });
    expect(status).toBe(200);
    ids.push(...batch);
  }
  return ids;
}

test(`${DECISIONS} decisions over many runs: each exactly once, in their order`, async () => {
  const decided: string[] = [];
  const given: Request[] = [];
  let state = later.start("watchDecisionsPolling", "all");
  for (let round = 0; round < ROUNDS; round++) {
    decided.push(...(await decideMany(DECISIONS / ROUNDS)));
    // Many decisions share a date, also across a run's limit and the end of a round.
    await stage.services.sql(
      `update requests set decided_at = date_trunc('second', decided_at)
       where organization_id = $1 and decided_at is not null`,
      [stage.organization.id],
    );
    // These runs don't reach the end, so the next round adds to the rest.
    for (let run = 0; run < 3; run++) {
      const polled = await poll("watchDecisionsPolling", state, { limit: LIMIT });
      ({ state } = polled);
      given.push(...polled.bundles);
    }
  }
  const rest = await pollAll("watchDecisionsPolling", state, 331);
  given.push(...rest.all);
  place = rest.state;
  expect(given.map(({ id }) => id).sort()).toEqual(decided.sort());
  const dates = given.map(({ decided_at }) => decided_at);
  expect(dates).toEqual([...dates].sort());
  expect(new Set(dates).size).toBeLessThan(DECISIONS / 10);
});

describe("Watch Decisions (Polling)", () => {
  test("starts with a chosen item, and with nothing of before where that is chosen", async () => {
    const [, second, third] = await decideMany(3);
    const shown = await later.epoch("watchDecisionsPolling", {
      connection: stage.connection,
      parameters: { limit: 10 },
    });
    expect(shown.length).toBeLessThanOrEqual(100);
    const from = await pollAll(
      "watchDecisionsPolling",
      later.start("watchDecisionsPolling", must(shown[1])),
      10,
    );
    expect(from.all).toHaveLength(2);
    expect([second, third]).toEqual(expect.arrayContaining(from.all.map(({ id }) => id).slice(-1)));
    const now = later.start("watchDecisionsPolling", "now");
    expect((await poll("watchDecisionsPolling", now)).bundles).toEqual([]);
  });

  test("doesn't look at what is younger than half a minute: it may not be all there yet", async () => {
    const state = await catchUp();
    const [id] = await decideMany(1);
    expect((await poll("watchDecisionsPolling", state, {}, stage.engine)).bundles).toEqual([]);
    expect((await poll("watchDecisionsPolling", state)).bundles).toEqual([
      expect.objectContaining({ id }),
    ]);
  });

  test("tells of a late decision on an old request, and of what was withdrawn", async () => {
    const old = (await stage.machine.api.create({ title: "Old" })).body.id;
    const withdrawn = (await stage.machine.api.create({ title: "Withdrawn" })).body.id;
    const state = await catchUp();
    await decideMany(120);
    await stage.machine.api.cancel(withdrawn);
    await stage.alice.api.approve(old, "At last");
    const { all } = await pollAll("watchDecisionsPolling", state, 50);
    expect(all).toHaveLength(122);
    expect(all.at(-1)).toMatchObject({ id: old, status: "approved", decision_comment: "At last" });
    expect(all.at(-2)).toMatchObject({ id: withdrawn, status: "cancelled" });
  });

  test("gives only the statuses that were chosen, and no entry of the activity log", async () => {
    const state = await catchUp();
    const { id } = (await stage.machine.api.create()).body;
    await stage.machine.api.create({ title: "Only told", is_log: true });
    await stage.alice.api.reject(id, "No");
    const approved = await poll("watchDecisionsPolling", state, { status: ["approved"] });
    expect(approved.bundles).toEqual([]);
    expect((await poll("watchDecisionsPolling", state)).bundles).toEqual([
      expect.objectContaining({ id, status: "rejected" }),
    ]);
  });

  test("keeps its place when a run fails", async () => {
    const state = await catchUp();
    const [id] = await decideMany(1);
    const connection = {
      ...stage.connection,
      data: { ...stage.connection.data, accessToken: "gk_0" },
    };
    await expect(later.poll("watchDecisionsPolling", { connection, state })).rejects.toMatchObject({
      type: "InvalidAccessTokenError",
    });
    expect((await poll("watchDecisionsPolling", state)).bundles).toMatchObject([{ id }]);
  });
});

test("Watch Requests (Polling) gives every request once, whatever became of it", async () => {
  const { connection } = stage;
  const [newest] = await later.epoch("watchRequestsPolling", { connection });
  const start = later.start("watchRequestsPolling", must(newest));
  const { state } = await pollAll("watchRequestsPolling", start, 700);
  const titles = Array.from({ length: 130 }, (_, n) => `Request ${n}`);
  const made = await Promise.all(titles.map((title) => stage.machine.api.create({ title })));
  await stage.alice.api.approve(must(made[7]).body.id);
  const { all } = await pollAll("watchRequestsPolling", state, 60);
  expect(all.map(({ title }) => title).sort()).toEqual(titles.sort());
});

interface Event {
  id: string;
  type: string;
  data: { body?: string };
}

describe("Watch Events (Polling)", () => {
  const parameters = { types: ["approval.commented"], limit: 7 };
  /** Adds comments, and waits until their events have positions in the feed. */
  const comment = async (id: string, from: number, count: number) => {
    for (let n = from; n < from + count; n++) await stage.alice.api.comment(id, `Comment ${n}`);
    const query = { last: 1, types: "approval.commented" };
    await until(async () => {
      const { body } = await stage.machine.api.call<{ data: Event[] }>("GET", "/api/v1/events", {
        query,
      });
      return body.data[0]?.data.body === `Comment ${from + count - 1}`;
    }, "the comments are in the feed");
  };
  const said = (events: Event[]) => events.map(({ data }) => data.body);
  const pollEvents = async (state: make.TriggerState) => {
    const polled = await poll("watchEventsPolling", state, parameters);
    return { state: polled.state, events: polled.bundles as unknown as Event[] };
  };

  test("gives each event of the chosen types once, oldest first, over several runs", async () => {
    const { id } = (await stage.machine.api.create()).body;
    let state: make.TriggerState = {};
    const all: Event[] = [];
    for (let round = 0; round < 3; round++) {
      await comment(id, round * 10, 10);
      for (;;) {
        const polled = await pollEvents(state);
        ({ state } = polled);
        if (polled.events.length === 0) break;
        all.push(...polled.events);
      }
    }
    expect(said(all)).toEqual(Array.from({ length: 30 }, (_, n) => `Comment ${n}`));
  });

  test("says that there are more than it can see, in place of a gap", async () => {
    const { id } = (await stage.machine.api.create()).body;
    await comment(id, 0, 1);
    const shown = await later.epoch("watchEventsPolling", {
      connection: stage.connection,
      parameters,
    });
    const { state } = await pollEvents(later.start("watchEventsPolling", must(shown[0])));
    await comment(id, 1, 99);
    expect((await pollEvents(state)).events).toHaveLength(7);
    await comment(id, 100, 1);
    await expect(pollEvents(state)).rejects.toMatchObject({
      type: "DataError",
      message: expect.stringContaining("More than 100 events") as string,
    });
  });
});

test("every polling trigger runs, shows where to start, and refuses a credential that is not good", async () => {
  const { connection } = stage;
  const polling = Object.entries(stage.app.modules).filter(([, { type }]) => type === "trigger");
  expect(polling.length).toBeGreaterThanOrEqual(3);
  const bad = { ...connection, data: { ...connection.data, accessToken: "gk_0" } };
  for (const [module] of polling) {
    expect((await poll(module, later.start(module, "now"))).bundles).toEqual([]);
    expect((await later.epoch(module, { connection })).length).toBeLessThanOrEqual(100);
    await expect(later.poll(module, { connection: bad, state: {} })).rejects.toMatchObject({
      type: "InvalidAccessTokenError",
    });
  }
});

test("more than Make can look at is an error, not a gap", async () => {
  const { app } = stage;
  const { communication } = must(app.modules.watchDecisionsPolling);
  const few = structuredClone(communication) as { response: { valid: { condition: string } } };
  few.response.valid.condition = few.response.valid.condition.replace("3200", "20");
  const engine = make.createInterpreter(
    {
      ...app,
      modules: {
        ...app.modules,
        watchDecisionsPolling: { ...must(app.modules.watchDecisionsPolling), communication: few },
      },
    },
    { now: () => new Date(Date.now() + 60_000) },
  );
  await expect(poll("watchDecisionsPolling", {}, {}, engine)).rejects.toMatchObject({
    type: "DataError",
    message: expect.stringContaining("Choose again where to start") as string,
  });
});
