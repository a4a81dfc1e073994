import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { openStage, until, type Answer } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { expectAllSound, expectSound } from "../request-history.ts";
import { inRounds, openRaces, ROUNDS, statusesOf } from "./lanes.ts";

// docs/faults.md, races 43–47 and 54–56: three real processes on one PostgreSQL.

const stage = await openStage({ replicas: 3 });
const races = await openRaces(stage);
const { openCast, on } = races;
const { services } = stage;
afterAll(() => Promise.all([stage.close(), races.close()]));
const stateOf = async (id: string) =>
  must(
    (
      await services.sql<{ status: string; current_approvals: number }>(
        "select status, current_approvals from requests where id = $1",
        [id],
      )
    )[0],
  );
/** Returns the other approver's replica. In odd rounds both use the same process, where they share a commit. */
const other = (n: number) => n + 1 + (n % 2) * 2;
/** Returns the final status that a 409 reports. */
const statedStatus = (answer: Answer) => answer.error?.details?.status;

async function expectOneCallbackEach(ids: string[]) {
  await races.callbacksSent();
  expect(ids.filter((id) => races.webhookIds(id) !== 1)).toEqual([]);
}

test("43: of two who approve at once where one is enough, one decides and the other is told how", async () => {
  const { ask, alice, bob } = await openCast();
  const ids: string[] = [];
  await inRounds(ROUNDS, async (n) => {
    const id = await ask();
    ids.push(id);
    const answers = await Promise.all([on(alice, n).approve(id), on(bob, other(n)).approve(id)]);
    expect(statusesOf(answers)).toEqual([200, 409]);
    const [won, lost] = answers[0].status === 200 ? answers : answers.toReversed();
    expect(must(won).body).toMatchObject({
      status: "approved",
      current_approvals: 1,
      decided_by: won === answers[0] ? alice.id : bob.id,
    });
    expect(lost).toMatchObject({
      error: {
        code: "INVALID_STATE",
        details: { reason: "already_decided", status: "approved" },
      },
    });
    await expectSound(services, id);
  });
  await expectOneCallbackEach(ids);
});

test("44: of two who approve at once where two are needed, both count and it is approved once", async () => {
  const { ask, alice, bob } = await openCast();
  const ids: string[] = [];
  await inRounds(ROUNDS, async (n) => {
    const id = await ask({ required_approvals: 2 });
    ids.push(id);
    const answers = await Promise.all([on(alice, n).approve(id), on(bob, other(n)).approve(id)]);
    expect(statusesOf(answers)).toEqual([200, 200]);
    expect(answers.map((a) => `${a.body.status} ${a.body.current_approvals}`).sort()).toEqual([
      "approved 2",
      "pending 1",
    ]);
    expect(await stateOf(id)).toEqual({ status: "approved", current_approvals: 2 });
    await expectSound(services, id);
  });
  await expectOneCallbackEach(ids);
});

test("45: an approval and a rejection at once end in one of the two, and both are told which", async () => {
  const { ask, alice, bob } = await openCast();
  const ids: string[] = [];
  await inRounds(ROUNDS, async (n) => {
    const id = await ask();
    ids.push(id);
    const [yes, no] = await Promise.all([on(alice, n).approve(id), on(bob, other(n)).reject(id)]);
    expect(statusesOf([yes, no])).toEqual([200, 409]);
    const { status } = await stateOf(id);
    expect(status).toBe(yes.status === 200 ? "approved" : "rejected");
    expect((yes.status === 200 ? yes : no).body.status).toBe(status);
    expect(statedStatus(yes.status === 200 ? no : yes)).toBe(status);
    await expectSound(services, id);
  });
  await expectOneCallbackEach(ids);
});

test("46: of an approval, a cancellation and the deadline at the same instant exactly one wins", async () => {
  const { ask, alice, owner } = await openCast();
  const ids: string[] = [];
  const wins = { approved: 0, cancelled: 0, expired: 0 };
  // The time that both calls took in the round before. The deadline falls before, between and after such calls.
  let tookMs = 100;
  await inRounds(
    ROUNDS,
    async (n) => {
      const id = await ask({ expires_at: new Date(Date.now() + 3_600_000).toISOString() });
      ids.push(id);
      // Sets the deadline here, because on a busy machine the creation alone can take longer.
      const [{ expiresAt } = { expiresAt: 0 }] = await services.sql<{ expiresAt: number }>(
        `update requests set expires_at = now() + interval '600 milliseconds' where id = $1
           returning extract(epoch from expires_at)::float8 * 1000 as "expiresAt"`,
        [id],
      );
      await sleep(expiresAt - Date.now() - ((n % 13) / 6) * Math.min(tookMs, 500));
      const begun = performance.now();
      const calls = [() => on(alice, n).approve(id), () => on(owner, other(n)).cancel(id)];
      const inTurn = await Promise.all(
        (n % 4 < 2 ? calls : calls.toReversed()).map((call) => call()),
      );
      tookMs = performance.now() - begun;
      const [approval, cancellation] = n % 4 < 2 ? inTurn : inTurn.toReversed();
      const winner =
        must(approval).status === 200
          ? "approved"
          : must(cancellation).status === 200
            ? "cancelled"
            : "expired";
      expect(statusesOf(inTurn)).toEqual(winner === "expired" ? [409, 409] : [200, 409]);
      // The sweep writes the deadline's own event, unless a refused call did so before.
      await until(async () => (await stateOf(id)).status !== "pending", "it has ended");
      expect((await stateOf(id)).status).toBe(winner);
      inTurn.filter((a) => a.status === 409).forEach((a) => expect(statedStatus(a)).toBe(winner));
      await expectSound(services, id);
      wins[winner]++;
    },
    8,
  );
  await expectOneCallbackEach(ids);
  // A race that always has the same winner tests nothing.
  if (ROUNDS >= 30)
    expect(
      Object.values(wins).every((count) => count > 0),
      JSON.stringify(wins),
    ).toBe(true);
});

test("47: the same person fifty times at once has one vote", async () => {
  const { ask, organization } = await openCast();
  for (let n = 0; n < Math.ceil(ROUNDS / 10); n++) {
    const person = await organization.addPerson();
    const id = await ask({ required_approvals: 2 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        (i % 5 === 4 ? on(person, i).reject : on(person, i).approve)(id),
      ),
    );
    expect(statusesOf(answers)).toEqual([200, ...Array<number>(49).fill(409)]);
    expect(await services.sql("select 1 from votes where request_id = $1", [id])).toHaveLength(1);
    await expectSound(services, id);
  }
});

test("47: of twenty people at once ten count where ten are needed", async () => {
  const { ask, organization, machine } = await openCast();
  const crowd = await Promise.all(Array.from({ length: 20 }, () => organization.addPerson()));
  const steps = [{ name: "everybody", required_approvals: 10 }];
  for (let n = 0; n < Math.ceil(ROUNDS / 10); n++) {
    const id = await ask();
    await machine.api.setSteps(id, steps);
    const answers = await Promise.all(crowd.map((person, i) => on(person, i).approve(id)));
    expect(statusesOf(answers)).toEqual([
      ...Array<number>(10).fill(200),
      ...Array<number>(10).fill(409),
    ]);
    expect(await stateOf(id)).toEqual({ status: "approved", current_approvals: 10 });
    await expectSound(services, id);
  }
});

test("54: a delegation and a vote of the same person at once: one of them counts", async () => {
  const { ask, alice, bob, carol } = await openCast();
  await inRounds(ROUNDS, async (n) => {
    const id = await ask({ assigned_approvers: [alice.id, carol.id], required_approvals: 2 });
    const [vote, delegation] = await Promise.all([
      on(alice, n).approve(id),
      on(alice, other(n)).delegate(id, { to_user_id: bob.id }),
    ]);
    expect([vote.status, delegation.status].filter((s) => s === 200)).toHaveLength(1);
    const second = await on(bob, n).approve(id);
    expect(second.status).toBe(delegation.status === 200 ? 200 : 403);
    expect((await carol.api.approve(id)).body.status).toBe("approved");
    await expectSound(services, id);
  });
});

test("54: two delegations of one vote at once: one person gets it", async () => {
  const { ask, alice, bob, carol } = await openCast();
  await inRounds(ROUNDS, async (n) => {
    const id = await ask({ assigned_approvers: [alice.id] });
    const answers = await Promise.all(
      [bob, carol].map((to, i) => on(alice, n + i).delegate(id, { to_user_id: to.id })),
    );
    expect(statusesOf(answers)).toEqual([200, 403]);
    const [heir, loser] = must(answers[0]).status === 200 ? [bob, carol] : [carol, bob];
    expect((await loser.api.approve(id)).status).toBe(403);
    expect((await heir.api.approve(id)).status).toBe(200);
    await expectSound(services, id);
  });
});

test("55: after the emergency stop has been answered nothing is approved, created or left pending", async () => {
  for (let n = 0; n < Math.ceil(ROUNDS / 5); n++) {
    const { ask, alice, owner, machine, organization } = await openCast();
    const ids = await Promise.all(Array.from({ length: 20 }, () => ask()));
    const approvals = ids.map(async (id, i) => {
      await sleep(Math.floor(i / 4) * 2);
      return { id, answer: await on(alice, i).approve(id) };
    });
    const creations = Array.from({ length: 20 }, async (_, i) => {
      await sleep(i);
      return on(machine, i).create();
    });
    await sleep(n % 8);
    const stop = await on(owner, n).call("POST", "/api/v1/emergency-stop", {
      body: { active: true, reason: "fire" },
    });
    expect(stop).toMatchObject({ status: 200, body: { active: true } });
    const statuses = () =>
      services.sql<{ id: string; status: string }>(
        "select id, status from requests where organization_id = $1 order by id",
        [organization.id],
      );
    const atStop = await statuses();
    expect(atStop.filter((r) => r.status === "pending")).toEqual([]);

    const answers = await Promise.all(approvals);
    const created = await Promise.all(creations);
    expect(await statuses()).toEqual(atStop);
    for (const { id, answer } of answers) {
      expect([200, 503]).toContain(answer.status);
      const { status } = must(atStop.find((r) => r.id === id));
      expect(status).toBe(answer.status === 200 ? "approved" : "cancelled");
    }
    for (const { status, body } of created) {
      expect([201, 503]).toContain(status);
      if (status === 201) expect(atStop.map((r) => r.id)).toContain(body.id);
    }
    expect((await alice.api.create()).status).toBe(503);
    await expectSound(services, ...atStop.map((r) => r.id));
    await expectOneCallbackEach(ids);
  }
});

test("56: whoever voted before a revision has not voted on what is then approved", async () => {
  const { ask, alice, bob, machine } = await openCast();
  await inRounds(ROUNDS, async (n) => {
    const id = await ask({ required_approvals: 2, metadata: { amount: 1 } });
    expect((await alice.api.approve(id)).status).toBe(200);
    const [vote, revision] = await Promise.all([
      on(bob, n).approve(id),
      on(machine, other(n)).revise(id, { metadata: { amount: 1_000_000 } }),
    ]);
    const isApproved = (await stateOf(id)).status === "approved";
    if (isApproved) {
      expect([vote.status, revision.status]).toEqual([200, 409]);
    } else {
      expect([vote.status, revision.status]).toEqual([200, 200]);
      const bobVotedOnTheNew = vote.body.current_approvals === 1;
      expect((await stateOf(id)).current_approvals).toBe(bobVotedOnTheNew ? 1 : 0);
      // Alice has a right to see the new text and vote again.
      expect((await alice.api.approve(id)).status).toBe(200);
    }
    await expectSound(services, id);
  });
});

test("comments and votes at once are all kept", async () => {
  const { ask, alice, bob, carol, machine } = await openCast();
  await inRounds(Math.ceil(ROUNDS / 5), async (n) => {
    const id = await ask({ required_approvals: 2 });
    const comments = Array.from({ length: 10 }, (_, i) =>
      on(must([carol, machine][i % 2]), i).comment(id, `comment ${i}`),
    );
    const [votes, said] = await Promise.all([
      Promise.all([on(alice, n).approve(id), on(bob, n + 1).approve(id)]),
      Promise.all(comments),
    ]);
    expect(statusesOf(votes)).toEqual([200, 200]);
    expect(statusesOf(said)).toEqual(Array(10).fill(201));
    const kept = (await carol.api.comments(id)).body.data.map((c) => c.body);
    expect(kept.sort()).toEqual(Array.from({ length: 10 }, (_, i) => `comment ${i}`));
    await expectSound(services, id);
  });
});

test("afterwards every request of all these races is sound and the counters are exact", async () => {
  await expectAllSound(services);
});
