import { must } from "@sayso/must";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FullContext } from "../services.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { toWrite } from "./commit.ts";
import { createApproval } from "../asking/create.ts";
import type { CreateApprovalInput } from "../asking/new-approval.ts";
import { sweepDeadlines, sweepStopped } from "./due.ts";
import type { Via } from "../actors/via.ts";
import type { Command } from "../state-machine/judgement.ts";
import { judge } from "../state-machine/machine.ts";
import { meetDeadlines, perform } from "./perform.ts";
import { newStep } from "../asking/plan.ts";
import type { RequestState, Voter } from "../state-machine/state.ts";

let database: TestDatabase;
let context: FullContext;
let people: string[];

beforeAll(async () => {
  database = await openTestDatabase();
  context = database.owner;
  people = await Promise.all(
    [1, 2, 3, 4].map((n) => database.addPerson(`person${n}@example.com`, "seven quiet herons")),
  );
});
afterAll(() => database.close());

const sql = async <Row>(text: string, ...values: unknown[]): Promise<Row[]> =>
  (await database.owner.services.system.query(text, values)).rows as Row[];

const create = async (input: Partial<CreateApprovalInput> = {}) => {
  const { record } = await createApproval(context, {
    title: "Deploy",
    description: "To production",
    priority: "high",
    callbackUrl: "https://example.com/hook",
    ...input,
  });
  return record.id;
};

const load = async (id: string) =>
  must(await context.services.loadRequest(context.organizationId, { id, personId: null }));

const signedIn: Via = { kind: "session", id: null, name: null };
const voter = (personId: string): Voter => ({
  personId,
  role: "member",
  canApprove: true,
  teamIds: [],
  connectionId: null,
  via: signedIn,
});
const vote = (
  personId: string,
  more: Partial<Extract<Command, { kind: "vote" }>> = {},
): Command => ({
  kind: "vote",
  voter: voter(personId),
  decision: "approve",
  stepId: null,
  comment: null,
  source: null,
  ...more,
});

/** Reads a request's rows, without the version and the fields that the machine doesn't know. */
async function stored(id: string) {
  const events = await sql<{ sequence: number; type: string }>(
    "select sequence, type from events where request_id = $1 order by sequence",
    id,
  );
  const votes = await sql<{ step_id: string; person_id: string; decision: string }>(
    "select step_id, person_id, decision from votes where request_id = $1 and voided_at is null order by id",
    id,
  );
  const [{ deliveries }] = (await sql<{ deliveries: number }>(
    "select count(*)::int as deliveries from deliveries where request_id = $1",
    id,
  )) as [{ deliveries: number }];
  return {
    events,
    votes: votes.map((v) => ({ stepId: v.step_id, personId: v.person_id, decision: v.decision })),
    deliveries,
  };
}

const countersAgree = async () => {
  const [row] = await sql<{ agrees: boolean }>(
    `select not exists (
       select organization_id, status, priority, sum(count)::int8 from request_counts group by 1, 2, 3 having sum(count) <> 0
       except select organization_id, status, priority, count(*) from requests group by 1, 2, 3)
     and (select sum(count) from request_counts) = (select count(*) from requests) as agrees`,
  );
  return must(row).agrees;
};

type Act =
  | { kind: "vote"; who: number; reject: boolean; step: number | null }
  | { kind: "delegate"; who: number; to: number }
  | { kind: "steps"; assigned: number[] }
  | { kind: "comment" | "revise" | "cancel" | "stop" | "deadline" };

const who = fc.nat({ max: 3 });
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("vote" as const),
      who,
      reject: fc.nat({ max: 9 }).map((n) => n === 0),
      step: fc.constantFrom(null, null, null, 0, 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delegate" as const), who, to: who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("steps" as const),
      assigned: fc.array(who, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("comment" as const, "revise" as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("cancel" as const, "stop" as const, "deadline" as const),
    }),
  },
);

function toCommand(act: Act, state: RequestState): Command {
  const { newId } = context.services;
  switch (act.kind) {
    case "vote":
      return vote(must(people[act.who]), {
        decision: act.reject ? "reject" : "approve",
        stepId: act.step === null ? null : (state.steps[act.step]?.id ?? null),
        comment: "said",
        source: "test",
      });
    case "delegate":
      return {
        kind: "delegate",
        voter: voter(must(people[act.who])),
        to: voter(must(people[act.to])),
        stepId: null,
      };
    case "steps":
      return {
        kind: "replace_steps",
        via: signedIn,
        askers: [],
        steps: act.assigned.map((person, i) =>
          newStep(newId(), i + 1, { name: `step ${i}`, assignedUserIds: [must(people[person])] }),
        ),
      };
    case "comment":
      return { kind: "comment", id: newId(), body: "hm", via: null };
    case "revise":
      return { kind: "revise", via: signedIn, askers: ["person x"], changes: { title: "Another" } };
    case "cancel":
      return { kind: "cancel", by: must(people[0]), via: signedIn, reason: "enough" };
    case "stop":
      return { kind: "stop", by: must(people[0]), reason: "enough" };
    case "deadline":
      return { kind: "meet_deadline" };
  }
}

test("what is stored is what the state machine said, after every command", async () => {
  const anyRequest = fc.record({
    requiredApprovals: fc.integer({ min: 1, max: 3 }),
    named: fc.boolean(),
    isSequential: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      anyRequest,
      fc.array(anyAct, { minLength: 1, maxLength: 12 }),
      async ({ named, ...input }, acts) => {
        const id = await create({
          ...input,
          ...(named && { assignedApprovers: people.slice(0, 3) }),
        });
        let commentCount = 0;
        for (const act of acts) {
          const before = await load(id);
          const performed = await perform(context, id, (loaded) =>
            toCommand(act, loaded.state),
          ).catch((error: { code?: string }) => {
            expect(error.code).not.toBe("internal");
            return null;
          });
          if (performed && act.kind === "comment") commentCount++;
          const after = await load(id);
          expect(after.state).toEqual(performed?.after ?? before.state);
          const rows = await stored(id);
          expect(rows.votes).toEqual(after.state.votes);
          expect(rows.events.map((e) => e.sequence)).toEqual(
            Array.from({ length: after.state.eventSequence }, (_, i) => i + 1),
          );
          expect(rows.deliveries).toBe(after.state.status === "pending" ? 0 : 1);
        }
        const comments = await sql("select 1 from comments where request_id = $1", id);
        expect(comments).toHaveLength(commentCount);
        expect((await load(id)).state.commentsCount).toBe(commentCount);
      },
    ),
    { numRuns: Number(process.env.SAYSO_STORED_RUNS ?? 60) },
  );
  expect(await countersAgree()).toBe(true);
}, 600_000);

test("a revision voids the stored votes of a request without steps, and everybody may vote again", async () => {
  const id = await create({ requiredApprovals: 2 });
  await perform(context, id, () => vote(must(people[0])));
  await perform(context, id, () => ({
    kind: "revise",
    via: signedIn,
    askers: [],
    changes: { title: "Another" },
  }));
  expect((await stored(id)).votes).toEqual([]);
  await perform(context, id, () => vote(must(people[0])));
  expect((await load(id)).state).toMatchObject({ status: "pending", currentApprovals: 1 });
  const votes = await sql<{ voided: boolean }>(
    "select voided_at is not null as voided from votes where request_id = $1 order by id",
    id,
  );
  expect(votes.map((v) => v.voided)).toEqual([true, false]);
});

describe("a commit", () => {
  const writeOf = (
    loaded: Awaited<ReturnType<typeof load>>,
    command: Command,
    now = loaded.now,
  ) => {
    const { transition } = judge(loaded.state, command, now);
    return toWrite(
      loaded,
      command,
      must(transition),
      { kind: "system", id: null },
      null,
      context.services.newId,
    );
  };
  const commit = (write: ReturnType<typeof writeOf>) =>
    context.services.commitTransition(context.organizationId, write);

  test("that was judged before somebody else's is stale and writes nothing", async () => {
    const id = await create({ requiredApprovals: 3 });
    const loaded = await load(id);
    const [one, other] = [
      writeOf(loaded, vote(must(people[0]))),
      writeOf(loaded, vote(must(people[1]))),
    ];
    expect(await commit(one)).toBe("committed");
    const before = await stored(id);
    expect(await commit(other)).toBe("stale");
    expect(await stored(id)).toEqual(before);
  });

  test("shared by two transitions of one request takes one of them", async () => {
    const id = await create({ requiredApprovals: 3 });
    const loaded = await load(id);
    const outcomes = await Promise.all([
      commit(writeOf(loaded, vote(must(people[0])))),
      commit(writeOf(loaded, vote(must(people[1])))),
    ]);
    expect(outcomes.sort()).toEqual(["committed", "stale"]);
    expect((await stored(id)).votes).toHaveLength(1);
  });

  test("of a vote that was judged in time but comes at the deadline is stale", async () => {
    const id = await create({ expiresAt: new Date(Date.now() + 3_600_000) });
    const write = writeOf(await load(id), vote(must(people[0])));
    await sql("update requests set expires_at = now() where id = $1", id);
    expect(await commit(write)).toBe("stale");
    expect((await stored(id)).votes).toEqual([]);
    await meetDeadlines(context, [id]);
    expect((await load(id)).state.status).toBe("expired");
  });

  /** Sets the emergency stop, without committing it until the returned function is called. */
  async function beginStop() {
    const client = await context.services.system.connect();
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(emergency_stop_lock($1))", [
      context.organizationId,
    ]);
    await client.query("update organizations set emergency_stop_at = now() where id = $1", [
      context.organizationId,
    ]);
    let isCommitted = false;
    return async () => {
      if (isCommitted) return;
      isCommitted = true;
      await client.query("commit");
      client.release();
    };
  }
  const liftStop = () => sql("update organizations set emergency_stop_at = null");

  test.each([
    ["a vote", async (id: string) => commit(writeOf(await load(id), vote(must(people[0]))))],
    [
      "a request",
      () =>
        create().then(
          () => "created",
          (error: { code: string }) => (error.code === "emergency_stop" ? "stopped" : error.code),
        ),
    ],
  ])(
    "of %s waits for an emergency stop that is being set, and is then refused",
    async (_what, attempt) => {
      const id = await create();
      const end = await beginStop();
      try {
        let isDone = false;
        const outcome = attempt(id).finally(() => (isDone = true));
        const waiting = "select from pg_locks where locktype = 'advisory' and not granted";
        await expect.poll(() => sql(waiting)).toHaveLength(1);
        expect(isDone).toBe(false);
        await end();
        expect(await outcome).toBe("stopped");
        expect((await stored(id)).votes).toEqual([]);
      } finally {
        await end();
        await liftStop();
      }
    },
  );

  test("of a vote that was judged before the emergency stop is refused after it; a cancellation is not", async () => {
    const id = await create();
    const loaded = await load(id);
    const end = await beginStop();
    await end();
    try {
      expect(await commit(writeOf(loaded, vote(must(people[0]))))).toBe("stopped");
      expect(
        await commit(writeOf(loaded, { kind: "cancel", by: null, via: null, reason: null })),
      ).toBe("committed");
    } finally {
      await liftStop();
    }
  });

  test("for another organization's request is stale", async () => {
    const id = await create();
    const write = writeOf(await load(id), vote(must(people[0])));
    const elsewhere = context.services.newId();
    expect(await context.services.commitTransition(elsewhere, write)).toBe("stale");
    expect((await load(id)).state.status).toBe("pending");
  });
});

test("a retry with its idempotency key gives the first request also after that has expired", async () => {
  const input = { title: "Deploy", description: "d", priority: "high" } as const;
  const askUntil = (expiresAt: Date) =>
    createApproval(context, { ...input, expiresAt, idempotencyKey: "retried" }, { body: input });
  const { id } = (await askUntil(new Date(Date.now() + 3_600_000))).record;
  // As if the hour had passed between the two calls.
  await sql("update requests set expires_at = now() where id = $1", id);
  const again = await askUntil(new Date(Date.now() - 1));
  expect(again).toMatchObject({ isNew: false, record: { id } });
});

test("a request that others change too fast is not dropped: a sweep ends the others, says so, and the next ends it", async () => {
  const [busy, other] = [await create(), await create()];
  const { services } = context;
  // Another writer always comes between its reading and its commit.
  const rivalled: typeof services = {
    ...services,
    async loadRequest(organizationId, wanted) {
      const loaded = await services.loadRequest(organizationId, wanted);
      if (wanted.id === busy)
        await sql("update requests set version = version + 1 where id = $1", busy);
      return loaded;
    },
  };
  const tooFast = { code: "unavailable", message: expect.stringContaining(busy) as string };
  await sql("update requests set expires_at = now() - interval '1 second' where id = any ($1)", [
    busy,
    other,
  ]);
  await expect(sweepDeadlines(rivalled)).rejects.toMatchObject(tooFast);
  expect((await load(busy)).state.status).toBe("pending");
  expect((await load(other)).state.status).toBe("expired");
  await sql("update organizations set emergency_stop_at = now()");
  try {
    await expect(sweepStopped(rivalled)).rejects.toMatchObject(tooFast);
    await sweepStopped(services);
    expect((await load(busy)).state.status).toBe("cancelled");
  } finally {
    await sql("update organizations set emergency_stop_at = null");
  }
});

test("while the emergency stop is active no automatic approval falls due: the request is cancelled", async () => {
  const id = await create({ autoAction: "approve", autoActionAfterMinutes: 1 });
  await sql("update requests set auto_action_at = now() - interval '1 second' where id = $1", id);
  await sql("update organizations set emergency_stop_at = now()");
  try {
    await sweepDeadlines(context.services);
    expect((await load(id)).state.status).toBe("pending");
    await sweepStopped(context.services);
    expect((await load(id)).state.status).toBe("cancelled");
  } finally {
    await sql("update organizations set emergency_stop_at = null");
  }
});
