// Changes that are decided at the same instant: three real processes on one PostgreSQL.
import { must } from "@sayso/must";
import { api, openStage } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { inRounds, openRaces, statusesOf } from "../../races/lanes.ts";
import { expectSound } from "../../request-history.ts";
import { changesApi } from "./changes-api.ts";

const ROUNDS = Number(process.env.SAYSO_RACE_ROUNDS ?? 20);

const stage = await openStage({ replicas: 3 });
const races = await openRaces(stage);
afterAll(() => Promise.all([stage.close(), races.close()]));
const { services, server } = stage;

/**
 * Creates two admins who decide and a connection that asks. Personal tokens have 1,000 calls an hour, connections
 * 10,000.
 */
async function openCast() {
  const { organization, machine } = await races.openCast();
  const admins = [
    await organization.addPerson({ role: "admin" }),
    await organization.addPerson({ role: "admin" }),
  ] as const;
  const deciders = await Promise.all(
    admins.map((admin) => organization.addConnection({ canDecide: true, by: admin })),
  );
  const on = (key: string, n: number) => changesApi(api(must(server.replicas[n % 3]).url, key));
  return {
    organization,
    admins,
    propose: async (body: Record<string, unknown>) => {
      const answer = await changesApi(machine.api).propose({
        callbackUrl: `${races.receiver.url}/hook`,
        // A stage for everybody who may approve, because connections don't decide by their owner's rank.
        stages: [{ stageName: "look", requiredRole: "editor" }],
        ...body,
      });
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      return answer.body.id;
    },
    /** In odd rounds both use the same process. */
    first: (n: number) => on(must(deciders[0]).key, n),
    second: (n: number) => on(must(deciders[1]).key, n + 1 + (n % 2) * 2),
    firstPlain: (n: number) => api(must(server.replicas[n % 3]).url, must(deciders[0]).key),
    history: (organizationId: string, entityId: string) =>
      services.sql<{ version: number; request_id: string; after: unknown }>(
        `select h.version, e.request_id, e.data -> 'after' as after from entity_history h join events e on e.id = h.event_id
         where h.organization_id = $1 and h.entity_id = $2 order by h.version`,
        [organizationId, entityId],
      ),
  };
}
const standing = async (organizationId: string, entityId: string) =>
  (
    await services.sql<{ version: number; body: unknown }>(
      "select version, body from entities where organization_id = $1 and entity_id = $2",
      [organizationId, entityId],
    )
  )[0];
/** Returns the rows of one change. */
const stored = async (id: string) =>
  must(
    (
      await services.sql<{
        status: string;
        state: string;
        votes: number;
        applied: number;
        callbacks: number;
      }>(
        `select r.status, c.state,
         (select count(*)::int from votes v where v.request_id = r.id) as votes,
         (select count(*)::int from events e where e.request_id = r.id and e.type = 'change.applied') as applied,
         (select count(*)::int from deliveries d where d.request_id = r.id) as callbacks
       from requests r join changes c on c.request_id = r.id where r.id = $1`,
        [id],
      )
    )[0],
  );
const done = { status: "approved", state: "applied", votes: 1, applied: 1, callbacks: 1 };
const untouched = { status: "pending", state: "proposed", votes: 0, applied: 0, callbacks: 0 };

test("of two who approve a change at once one decides, and it is applied once", async () => {
  const cast = await openCast();
  await inRounds(ROUNDS, async (n) => {
    const entityId = `twice-${n}`;
    const id = await cast.propose({ entityId, payload: { n } });
    const answers = await Promise.all([cast.first(n).approve(id), cast.second(n).approve(id)]);
    expect(statusesOf(answers)).toEqual([200, 409]);
    const lost = must(answers.find(({ status }) => status === 409));
    expect(lost.error).toMatchObject({
      code: "INVALID_STATE",
      details: { reason: "already_decided", status: "approved" },
    });
    expect(await standing(cast.organization.id, entityId)).toEqual({ version: 1, body: { n } });
    expect(await stored(id)).toEqual(done);
    await expectSound(services, id);
  });
  await races.callbacksSent();
});

test("of an approval and a rejection at once one wins; a rejected change was never applied", async () => {
  const cast = await openCast();
  await inRounds(ROUNDS, async (n) => {
    const entityId = `either-${n}`;
    const id = await cast.propose({ entityId, payload: { n } });
    const answers = await Promise.all([cast.first(n).approve(id), cast.second(n).reject(id)]);
    expect(statusesOf(answers)).toEqual([200, 409]);
    const isApproved = answers[0].status === 200;
    expect((await standing(cast.organization.id, entityId))?.version).toBe(
      isApproved ? 1 : undefined,
    );
    expect(await stored(id)).toMatchObject(
      isApproved ? done : { status: "rejected", state: "proposed", applied: 0, callbacks: 1 },
    );
    await expectSound(services, id);
  });
});

test("of two changes of one version one is applied, and the other leaves nothing half-done", async () => {
  const cast = await openCast();
  const entityId = "contended";
  let expected = 0;
  await inRounds(
    ROUNDS,
    async (n) => {
      const [one, two] = [
        await cast.propose({ entityId, payload: { n, by: "one" } }),
        await cast.propose({ entityId, payload: { n, by: "two" } }),
      ];
      const answers = await Promise.all([cast.first(n).approve(one), cast.second(n).approve(two)]);
      expect(statusesOf(answers)).toEqual([200, 409]);
      expected++;
      const [won, lost] = answers[0].status === 200 ? [one, two] : [two, one];
      expect(must(answers.find(({ status }) => status === 409)).error).toMatchObject({
        code: "CONFLICT",
        details: {
          reason: "stale_version",
          made_for_version: expected - 1,
          current_version: expected,
        },
      });
      expect(await stored(won)).toEqual(done);
      expect(await stored(lost)).toEqual(untouched);
      expect(await standing(cast.organization.id, entityId)).toEqual({
        version: expected,
        body: { n, by: won === one ? "one" : "two" },
      });
      await expectSound(services, won, lost);
    },
    1,
  );
  const history = await cast.history(cast.organization.id, entityId);
  expect(history.map(({ version }) => version)).toEqual(
    Array.from({ length: ROUNDS }, (_, i) => i + 1),
  );
});

test("a change that can't be applied undoes nobody else's decision of the same tick", async () => {
  const cast = await openCast();
  await inRounds(ROUNDS, async (n) => {
    const entityId = `stale-${n}`;
    const stale = await cast.propose({ entityId });
    const by = cast.admins[0];
    const put = await changesApi(by.api).put("qualificationRule", entityId, {
      entityName: "Rule",
      body: { n },
    });
    expect(put.status).toBe(200);
    const others = await Promise.all([
      cast.propose({ entityId: `beside-${n}` }),
      cast.propose({ entityId: `beside-too-${n}` }),
    ]);
    const answers = await Promise.all(
      [others[0], stale, others[1]].map((id) => cast.firstPlain(n).approve(id)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 200]);
    expect(await stored(stale)).toEqual(untouched);
    for (const id of others) expect(await stored(id)).toEqual(done);
    expect(await standing(cast.organization.id, entityId)).toEqual({ version: 1, body: { n } });
  });
});

test("many changes of many entities at once are each applied, in versions without a gap", async () => {
  const cast = await openCast();
  await inRounds(Math.ceil(ROUNDS / 4), async (n) => {
    const entities = Array.from({ length: 3 }, (_, i) => `many-${n}-${i}`);
    for (let version = 1; version <= 2; version++) {
      const ids = await Promise.all(
        entities.map((entityId) => cast.propose({ entityId, payload: { version } })),
      );
      const answers = await Promise.all(
        ids.map((id, i) => (i % 2 ? cast.first(n) : cast.second(n)).approve(id)),
      );
      expect(statusesOf(answers)).toEqual([200, 200, 200]);
      for (const entityId of entities)
        expect(await standing(cast.organization.id, entityId)).toEqual({
          version,
          body: { version },
        });
    }
  });
});

test("the same idempotency key many times at once makes one change", async () => {
  const cast = await openCast();
  const machine = await cast.organization.addConnection();
  await inRounds(Math.ceil(ROUNDS / 4), async (n) => {
    const body = { entityId: `once-${n}`, idempotencyKey: `once-${n}` };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        changesApi(api(must(server.replicas[i % 3]).url, machine.key)).propose(body),
      ),
    );
    expect(statusesOf(answers)).toEqual([...Array<number>(11).fill(200), 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });
});
