// Runs: people and teams review the steps of a flow, and the lists go in both directions.
import { must } from "@sayso/must";
import { openStage, until, type TestPerson, letExpire } from "@sayso/testkit";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { signedIn } from "../../pages/visitor.ts";
import { bodyOf, runsApi, step, team, user, type RunsApi, type WireRun } from "./runs-api.ts";

/** The number of rounds: SAYSO_RACE_ROUNDS, default 20. */
const ROUNDS = Number(process.env.SAYSO_RACE_ROUNDS ?? 20);

const stage = await openStage({ replicas: 2 });
afterAll(() => stage.close());
const { organization, alice, bob, owner, machine, server, services } = stage;
const carol = await organization.addPerson({ name: "Carol" });
const watcher = await organization.addPerson({ name: "Watcher", canApprove: false });
const as = (token: string, url = server.url): RunsApi =>
  runsApi(url, organization.id, `Bearer ${token}`);
const by = new Map([alice, bob, carol, watcher, owner].map((person) => [person, as(person.token)]));
const byMachine = as(machine.key);
const finance = await organization.addTeam("Finance", [alice, bob, watcher]);
const sales = await organization.addTeam("Sales", [carol]);

const makeFlow = async (...steps: ReturnType<typeof step>[]) =>
  bodyOf(await byMachine.createFlow({ steps }), 201).id;
const review = (flowId: string, run: { id: string }, person: TestPerson, result = "approved") =>
  must(by.get(person)).review(flowId, run.id, result);
const start = async (flowId: string, body: Record<string, unknown> = {}) =>
  bodyOf(await byMachine.start(flowId, body), 201);
const shape = ({ status, activeStep, results }: WireRun) => [
  status,
  activeStep,
  results.map((r) => `${r.reviewer.id} ${r.result}`),
];

describe("steps", () => {
  test("any: one of the reviewers is enough, whether named or in a team", async () => {
    const flow = await makeFlow(step("any", user(carol), team(finance)));
    for (const person of [alice, carol]) {
      const run = await start(flow);
      expect(bodyOf(await review(flow, run, person)).status).toBe("approved");
    }
  });

  test("any of several teams: one of any of them", async () => {
    const flow = await makeFlow(step("any", team(finance), team(sales)));
    for (const person of [bob, carol]) {
      const run = await start(flow);
      expect(bodyOf(await review(flow, run, person)).status).toBe("approved");
    }
  });

  test("all: each of those named, and each of a team who may approve", async () => {
    const flow = await makeFlow(step("all", team(finance), user(carol), user(alice)));
    const run = await start(flow);
    expect(bodyOf(await review(flow, run, carol)).status).toBe("pending");
    expect((await review(flow, run, carol)).status).toBe(409);
    expect(bodyOf(await review(flow, run, bob)).status).toBe("pending");
    expect((await review(flow, run, watcher)).status).toBe(403);
    expect(bodyOf(await review(flow, run, alice)).status).toBe("approved");
  });

  test("one after the other, counted from 1", async () => {
    const flow = await makeFlow(
      step("any", user(alice)),
      step("all", user(bob), user(carol)),
      step("any", team(finance)),
    );
    const run = await start(flow);
    expect(shape(run)).toEqual(["pending", 1, []]);
    expect((await review(flow, run, bob)).status).toBe(409);
    const afterAlice = bodyOf(await review(flow, run, alice));
    expect(shape(afterAlice)).toEqual(["pending", 2, [`${alice.id} approved`]]);
    expect(bodyOf(await review(flow, run, carol)).activeStep).toBe(2);
    expect(bodyOf(await review(flow, run, bob)).activeStep).toBe(3);
    const ended = bodyOf(await review(flow, run, bob));
    expect(shape(ended).slice(0, 2)).toEqual(["approved", 3]);
    expect(ended.results).toHaveLength(4);
  });

  test("one no denies the run, and it stays at that step", async () => {
    const flow = await makeFlow(step("any", user(alice)), step("all", user(bob), user(carol)));
    const run = await start(flow);
    await review(flow, run, alice);
    const denied = bodyOf(await must(by.get(bob)).review(flow, run.id, "denied", "Too much"));
    expect(shape(denied)).toEqual(["denied", 2, [`${alice.id} approved`, `${bob.id} denied`]]);
    expect(denied.results.map(({ comment }) => comment)).toEqual(["", "Too much"]);
    expect((await review(flow, run, carol)).status).toBe(409);
  });

  test("that nobody can approve any more start no run", async () => {
    const flow = await makeFlow(step("all", user(watcher)));
    const answer = await byMachine.start(flow);
    expect([answer.status, answer.body.details?.fields?.[0]?.field]).toEqual([
      400,
      "steps.0.required_approvals",
    ]);
  });
});

describe("a result", () => {
  test("of a machine doesn't count, unless an admin lets it decide", async () => {
    const flow = await makeFlow(step("any", user(owner)));
    const run = await start(flow);
    expect(await byMachine.review(flow, run.id, "approved")).toMatchObject({
      status: 403,
      body: { details: { reason: "connection_cannot_decide" } },
    });
    const decider = await organization.addConnection({ canDecide: true });
    const decided = bodyOf(await as(decider.key).review(flow, run.id, "approved"));
    expect(decided.results[0]?.reviewer).toEqual({ type: "user", id: owner.id });
  });

  test("of a stranger to the step is a 403 or a 409, and changes nothing", async () => {
    const flow = await makeFlow(step("any", user(alice)));
    const run = await start(flow);
    expect((await review(flow, run, bob)).status).toBe(409);
    expect((await review(flow, run, watcher)).status).toBe(403);
    expect(bodyOf(await byMachine.getRun(flow, run.id))).toEqual(run);
  });

  test.each([{}, { result: "approve" }, { result: "approved", comment: "x".repeat(2001) }])(
    "that is none (%j) is a 400",
    async (body) => {
      const flow = await makeFlow(step("any", user(alice)));
      const run = await start(flow);
      const answer = await must(by.get(alice)).send("POST", `/${flow}/runs/${run.id}/results`, {
        body,
      });
      expect(answer.status).toBe(400);
    },
  );

  test("given by all reviewers at once, on both servers: the run is approved, once", async () => {
    const flow = await makeFlow(step("all", user(alice), user(bob), user(carol)));
    for (let round = 0; round < ROUNDS; round++) {
      const run = await start(flow);
      const answers = await Promise.all(
        [alice, bob, carol].map(({ token }, i) =>
          as(token, must(server.replicas[i % 2]).url).review(flow, run.id, "approved"),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      const ended = bodyOf(await byMachine.getRun(flow, run.id));
      expect([ended.status, ended.results.length]).toEqual(["approved", 3]);
    }
  });

  test("yes and no at once: one of them ends the run, the other is a 409", async () => {
    const flow = await makeFlow(step("any", user(alice), user(bob)));
    for (let round = 0; round < ROUNDS; round++) {
      const run = await start(flow);
      const answers = await Promise.all([
        review(flow, run, alice, "approved"),
        review(flow, run, bob, "denied"),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const winner = must(answers.find(({ status }) => status === 200)).body.status;
      const ended = bodyOf(await byMachine.getRun(flow, run.id));
      expect([ended.status, ended.results.length]).toEqual([winner, 1]);
    }
  });
});

describe("a run", () => {
  test("shows reviewers what differs, on the page and by path", async () => {
    const flow = await makeFlow(step("any", user(alice)));
    const run = await start(flow, {
      previousObject: { price: 10, "a/b": { c: [1] }, old: true },
      object: { price: 12, "a/b": { c: [1, 2] }, fresh: "<b>new</b>" },
    });
    expect(run.difference).toEqual([
      { path: "/price", before: 10, after: 12 },
      { path: "/a~1b/c", before: [1], after: [1, 2] },
      { path: "/old", before: true },
      { path: "/fresh", after: "<b>new</b>" },
    ]);
    const page = await (await signedIn(server.url, alice)).get(`/requests/${run.id}`);
    expect(page.html).toContain("<caption>What changes</caption>");
    expect(page.html).toContain("<ins>12</ins>");
    const { body: request } = await alice.api.get(run.id);
    expect(request.context_html).toContain('<th scope="row">/price</th><td><del>10</del></td>');
    expect(request.context_html).toContain("&lt;b&gt;new&lt;/b&gt;");
    expect(request).toMatchObject({
      title: "Price changes",
      action_type: "price.update",
      metadata: { object: run.object, previousObject: run.previousObject },
    });
  });

  test("of one idempotency key and body is one run, of another body a 409", async () => {
    const flow = await makeFlow(step("any", user(alice)));
    const body = { object: { a: 1 }, idempotencyKey: "once" };
    const answers = await Promise.all(Array.from({ length: 8 }, () => byMachine.start(flow, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(7).fill(200),
      201,
    ]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    const conflict = await byMachine.start(flow, { ...body, object: {} });
    expect(conflict).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/^This idempotencyKey was already used/) as string },
    });
    const another = await makeFlow(step("any", user(alice)));
    expect((await byMachine.start(another, body)).status).toBe(409);
    await as(owner.token).deleteFlow(flow);
    const again = await byMachine.start(flow, body);
    expect([again.status, again.body.id]).toEqual([200, must(answers[0]).body.id]);
  });

  test("is denied when its time is over", async () => {
    const flow = await makeFlow(step("any", user(alice)));
    const run = await start(flow, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    await letExpire(services, run.id);
    await expect
      .poll(async () => bodyOf(await byMachine.getRun(flow, run.id)).status)
      .toBe("denied");
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["an object that is a list", { object: [] }, "object"],
    ["a time that is over", { expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
    ["a callback that is no address", { callbackUrl: "ftp://example.com" }, "callbackUrl"],
  ])("of %s is not started: 400", async (_, body, field) => {
    const flow = await makeFlow(step("any", user(alice)));
    const answer = await byMachine.start(flow, body);
    expect([answer.status, answer.body.details?.fields?.[0]?.field]).toEqual([400, field]);
    expect(bodyOf(await byMachine.listRuns(flow)).results).toEqual([]);
  });

  test("that comes while its flow is being deleted is not started", async () => {
    const flow = await makeFlow(step("any", user(alice)));
    const deleting = new pg.Client({ connectionString: server.databaseUrl });
    await deleting.connect();
    try {
      await deleting.query("begin");
      await deleting.query("update flows set status = 'deleted' where id = $1", [flow]);
      // The call has read the flow as active, and waits for the lock of the deletion.
      const starting = byMachine.start(flow);
      await until(async () => {
        const [row] = await services.sql<{ waiting: number }>(
          "select count(*)::int as waiting from pg_locks where not granted",
        );
        return must(row).waiting > 0;
      }, "the start waits for the flow");
      await deleting.query("commit");
      expect(await starting).toMatchObject({ status: 409, body: { code: "invalid_state" } });
      expect(bodyOf(await byMachine.listRuns(flow)).results).toEqual([]);
    } finally {
      await deleting.end();
    }
  });
});

describe("a list of runs", async () => {
  const flow = await makeFlow(step("any", user(alice)));
  const made: string[] = [];
  for (let i = 0; i < 7; i++) made.push((await start(flow)).id);
  const newest = made.toReversed();
  const page = async (query: Record<string, string | number | undefined>) => {
    const { results, nextPageToken } = bodyOf(await byMachine.listRuns(flow, query));
    return { ids: results.map(({ id }) => id), nextPageToken };
  };

  test.each<[string, "true" | "false", string[]]>([
    ["newest first", "false", newest],
    ["oldest first", "true", made],
  ])("is read to its end %s, each run once", async (_, reverse, order) => {
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const { ids, nextPageToken } = await page({ limit: 2, reverse, pageToken });
      seen.push(...ids);
      pageToken = nextPageToken;
    } while (pageToken !== undefined);
    expect(seen).toEqual(order);
  });

  test.each(["false", "true"])("can be read back from any place (reverse %s)", async (reverse) => {
    const order = reverse === "true" ? made : newest;
    const other = reverse === "true" ? "false" : "true";
    const first = await page({ limit: 4, reverse });
    const back = await page({ limit: 3, reverse: other, pageToken: first.nextPageToken });
    expect(back.ids).toEqual(order.slice(1, 4).reverse());
    const rest = await page({ limit: 3, reverse: other, pageToken: back.nextPageToken });
    expect(rest).toEqual({ ids: [order[0]], nextPageToken: undefined });
    const again = await page({ limit: 9, reverse, pageToken: back.nextPageToken });
    expect(again.ids).toEqual(order.slice(1));
  });

  test.each(["x", "eyJ9", Buffer.from(`1 ${made[0]} x`).toString("base64url")])(
    "from a token that no list gave (%s) is a 400 that names it",
    async (pageToken) => {
      const answer = await byMachine.listRuns(flow, { pageToken });
      expect([answer.status, answer.body.details?.fields?.[0]?.field]).toEqual([400, "pageToken"]);
    },
  );
});
