import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import {
  api,
  createDatabase,
  createOrganization,
  openServices,
  startReceiver,
  startServer,
  until,
  type Answer,
} from "@sayso/testkit";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { expectAllSound } from "../request-history.ts";
import { expectCalledBack, expectKept, nothingYet, openCast, startLoad } from "./load.ts";
import { openRelay, type Fault } from "./relay.ts";

// docs/faults.md, network 76: the connection between the server and its database is cut, or nothing passes through it.

const database = await createDatabase();
const relay = await openRelay(new URL(database.url));
const server = await startServer({ database, env: { DATABASE_URL: relay.url } });
const receiver = await startReceiver();
const services = openServices({ databaseUrl: database.url, url: server.url });
const cast = await openCast(services, server);
const [machine, decider] = [
  api(server.url, cast.machine.key),
  api(server.url, cast.deciders[0].key),
];
const untilBack = () =>
  until(async () => (await machine.create()).status === 201, "the server works");
const rows = async <Row extends Record<string, unknown>>(text: string, ...values: unknown[]) =>
  services.sql<Row>(text, values);

afterAll(async () => {
  relay.heal();
  expect(await server.stop()).toBe(0);
  expect(server.logs()).not.toContain("unexpected error");
  await receiver.stop();
  await services.close();
  relay.close();
  await database.drop();
});
beforeEach(async () => {
  relay.heal();
  await untilBack();
});

function expectAway(answer: Answer) {
  expect(answer).toMatchObject({ status: 503, error: { code: "UNAVAILABLE" } });
  expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(5);
}

test("76: whoever calls again and again meanwhile is told 503, never that they called too often", async () => {
  relay.break("cut");
  // The server caches a credential for a moment after its use.
  await sleep(1_000);
  for (let i = 0; i < 12; i++) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => machine.get(cast.machine.id)),
    );
    expect([...new Set(answers.map((a) => a.status))]).toEqual([503]);
  }
});

describe.each<Fault>(["cut", "silent", "deaf"])(
  "76: while the link to the database is %s",
  (fault) => {
    test("every call is answered 503 within 5 s, also many at once, and afterwards all works again", async () => {
      const { id } = (await machine.create()).body;
      const calls = [
        () => machine.create(),
        () => machine.create({ idempotency_key: `${fault} 1` }),
        () => machine.get(id),
        () => machine.get(id, { wait: 5 }),
        () => machine.list(),
        () => decider.approve(id),
        () => decider.batch({ ids: [id], decision: "approve" }),
        () => machine.comment(id, "hm"),
        () => machine.call("GET", "/api/v1/templates"),
      ];
      relay.break(fault);
      // The first wave uses connections that worked a moment ago, the second uses new ones.
      for (let wave = 0; wave < 2; wave++) {
        const answers = Promise.all(
          Array.from({ length: 63 }, (_, i) => must(calls[i % calls.length])()),
        );
        expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
        expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
        const page = await fetch(server.url, {
          headers: { cookie: `sayso_session=${"a".repeat(43)}` },
        });
        expect(page.status).toBe(503);
        (await answers).forEach(expectAway);
      }
      relay.heal();
      await untilBack();
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      if (fault !== "deaf") expect((await decider.approve(id)).status).toBe(200);
      await expectAllSound(services);
    });

    test("calls that are in the middle of a transaction end as well, and the server lives", async () => {
      const ids = await Promise.all(
        Array.from({ length: 20 }, async () => (await machine.create()).body.id),
      );
      const reported = ids.map(() => new Set<number>());
      const reading = ids.map(async (id, n) => {
        while (!must(reported[n]).has(503)) must(reported[n]).add((await machine.get(id)).status);
      });
      await until(() => reported.every((statuses) => statuses.has(200)), "all are answered");
      relay.break(fault);
      await Promise.all(reading);
      for (const statuses of reported) expect(statuses).toEqual(new Set([200, 503]));
    });

    test("who waits for a decision is told as well", async () => {
      const { id } = (await machine.create()).body;
      const waiting = machine.get(id, { wait: 30 });
      await sleep(500);
      const reported = waiting;
      relay.break(fault);
      expectAway(await reported);
    });

    test("under load nothing acknowledged is lost, nothing is done twice, and every callback comes", async () => {
      const acknowledged = nothingYet();
      const votes = () => acknowledged.votes.length;
      const load = startLoad(
        () => server.url,
        await openCast(services, server),
        receiver,
        acknowledged,
      );
      for (let round = 0; round < 2; round++) {
        const before = votes();
        await until(() => votes() > before + 5, "the load is under way");
        await sleep(Math.random() * 100);
        relay.break(fault);
        await sleep(2_000);
        relay.heal();
      }
      const before = votes();
      await until(() => votes() > before + 5, "the load is under way again");
      await load.stop();
      expect(load.surprises).toEqual([]);
      await expectKept(services, acknowledged);
      await expectAllSound(services);
      await expectCalledBack(services, receiver);
    });
  },
);

describe("76: when the database has done it and its answer is lost", () => {
  /** Expects that the call fails although the database carries out its commit: the database's answer is lost. */
  async function whileDeafAt<Of>(text: string, call: () => Promise<Answer<Of>>) {
    const met = relay.breakAt(text, "deaf");
    const result = await call();
    expectAway(result);
    await met;
    relay.heal();
    await untilBack();
  }

  test("a request is there once; with its key it is found again", async () => {
    const title = "asked for once";
    await whileDeafAt("create_requests", () => machine.create({ title, idempotency_key: title }));
    const again = await machine.create({ title, idempotency_key: title });
    expect(again.status).toBe(200);
    await whileDeafAt("create_requests", () => machine.create({ title: "no key" }));
    expect(
      await rows(
        "select title, count(*)::int as n from requests where title = any($1) group by 1 order by 1",
        [title, "no key"],
      ),
    ).toEqual([
      { title, n: 1 },
      { title: "no key", n: 1 },
    ]);
  });

  test("a vote counts once, and its callback comes once", async () => {
    const { id } = (await machine.create({ callback_url: `${receiver.url}/lost` })).body;
    await whileDeafAt("commit_transitions", () => decider.approve(id));
    expect((await machine.get(id)).body.status).toBe("approved");
    expect((await decider.approve(id)).status).toBe(409);
    expect(await rows("select from votes where request_id = $1", id)).toHaveLength(1);
    // The worker's claim can be lost in the same way. Then the callback comes when the lease is over.
    await until(() => receiver.requests.some((r) => r.path === "/lost"), "the callback comes");
    await expectAllSound(services);
    expect(await rows("select from deliveries where request_id = $1", id)).toHaveLength(1);
  });

  test("a transaction of several statements took effect once", async () => {
    const { owner } = await createOrganization(services, server);
    await whileDeafAt("commit\0", () =>
      owner.api.call("POST", "/api/v1/teams", { body: { name: "made once" } }),
    );
    expect(await rows("select from teams where name = 'made once'")).toHaveLength(1);
  });
});

describe("76: when what was said is lost", () => {
  test("a vote was not cast, and can be", async () => {
    const { id } = (await machine.create()).body;
    const met = relay.breakAt("commit_transitions", "silent");
    expectAway(await decider.approve(id));
    await met;
    relay.heal();
    await untilBack();
    expect((await machine.get(id)).body.status).toBe("pending");
    expect((await decider.approve(id)).status).toBe(200);
  });

  test("a transaction that hangs in the middle lets go of its locks", async () => {
    const { owner, ...organization } = await createOrganization(services, server);
    const mine = await organization.addConnection();
    // At this statement the transaction holds the lock that every new request and every vote needs.
    const met = relay.breakAt("emergency_stop_at = case", "silent");
    const stop = { active: true, reason: "test" };
    const stopped = owner.api.call("POST", "/api/v1/emergency-stop", { body: stop });
    await met;
    relay.heal();
    await until(async () => (await mine.api.create()).status === 201, "somebody can ask again");
    expectAway(await stopped);
  });
});

test("76: the worker listens again though only its own link fell silent", async () => {
  const listening = () =>
    rows<{ pid: number }>(
      "select pid from pg_stat_activity where datname = current_database() and query like 'listen %'",
    );
  const [before] = await listening();
  expect(before).toBeDefined();
  relay.break("silent");
  relay.heal();
  await until(
    async () => (await listening()).some(({ pid }) => pid !== must(before).pid),
    "it listens over another connection",
  );
});
