// Goals as entities: changes of a KPI, a key result or an objective that need approval.
import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { inRounds, statusesOf } from "../../races/lanes.ts";
import { goalsApi, type HeldChange, type Kpi, type Objective } from "../goals/goals-api.ts";
import { changesApi } from "./changes-api.ts";

const ROUNDS = Number(process.env.SAYSO_RACE_ROUNDS ?? 20);
const stage = await shareStage();
afterAll(() => stage.close());
const { organization, owner, machine, server, services } = stage;
const admins = [
  await organization.addPerson({ role: "admin" }),
  await organization.addPerson({ role: "admin" }),
] as const;
const [first, second] = admins.map(({ api }) => changesApi(api));
const asMachine = changesApi(machine.api);
const asOwner = goalsApi(server.url, owner.token);
const asBot = goalsApi(server.url, machine.key);
const asMember = goalsApi(server.url, stage.alice.token);

const kpi = async () =>
  (
    await asOwner.post<Kpi>("/kpis", {
      name: "Margin",
      target: 10,
      current: 5,
      needs_approval: true,
    })
  ).body;
const propose = (entityId: string, payload: Record<string, unknown>, more = {}) =>
  asMachine.propose({
    entityType: "kpi",
    entityId,
    entityName: "Margin",
    payload,
    ...more,
  });

describe("a change of a KPI", () => {
  test("is applied with its approval, in one transaction with the KPI's own event", async () => {
    const { id } = await kpi();
    const { body: change } = await propose(id, { target: 12, unit: "%" });
    expect(change).toMatchObject({ entityVersion: 1, status: "pending" });
    expect((await machine.api.get(change.id)).body.metadata).toMatchObject({
      before: { target: 10, unit: null },
      payload: { target: 12, unit: "%" },
    });
    expect((await must(first).approve(change.id)).body).toMatchObject({
      applyStatus: "applied",
      appliedVersion: 2,
      before: { target: 10, unit: null },
      after: { target: 12, unit: "%", name: "Margin" },
    });
    expect((await asBot.get<Kpi>(`/kpis/${id}`)).body).toMatchObject({
      target: 12,
      unit: "%",
      version: 2,
    });
    const transactions = await services.sql<{ types: string[] }>(
      `select array_agg(type order by type) as types from events
       where data::text like '%' || $1 || '%' and type in ('kpi.changed', 'change.applied')
       group by transaction_id`,
      [id],
    );
    expect(transactions).toEqual([{ types: ["change.applied", "kpi.changed"] }]);
    expect(
      (await changesApi(admins[0].api).logs({ entityType: "kpi", entityId: id })).body.logs,
    ).toMatchObject([
      { changeId: change.id, entityVersion: 2, before: { target: 10 }, after: { target: 12 } },
    ]);
  });

  test("is called what the KPI is called, whatever its proposer calls it", async () => {
    const { id } = await kpi();
    const { body: change } = await propose(id, { target: 1 }, { entityName: "Newsletter (test)" });
    expect(change.entityName).toBe("Margin");
    expect((await machine.api.get(change.id)).body).toMatchObject({
      title: "Update kpi Margin",
      metadata: { entityName: "Margin" },
    });
    expect(
      await services.sql("select data from events where request_id = $1 and sequence = 1", [
        change.id,
      ]),
    ).toMatchObject([{ data: { change: { entity_name: "Margin" } } }]);
  });

  test("wished for again while it waits is the same change, of the same asker and version", async () => {
    const { id } = await kpi();
    const path = `/kpis/${id}`;
    const wish = async (target: number, by = asBot) =>
      (await by.patch<HeldChange>(path, { target, unit: "%" })).body.id;
    const asked = await Promise.all([12, 12, 12].map((target) => wish(target)));
    expect(new Set(asked).size).toBe(1);
    const [change] = asked as [string];
    const others = [await wish(13), await wish(12, asMember)];
    expect(new Set([change, ...others]).size).toBe(3);
    const pending = await services.sql("select from changes where entity_id = $1", [id]);
    expect(pending).toHaveLength(3);
    // The same change is asked for again after the earlier one was decided or overtaken.
    await must(first).reject(change);
    const anew = await wish(12);
    expect(anew).not.toBe(change);
    expect((await asOwner.patch(path, { target: 11 })).status).toBe(200);
    expect(await wish(12)).not.toBe(anew);
  });

  test("that the KPI would refuse is refused when it is proposed", async () => {
    const { id } = await kpi();
    for (const payload of [{ target: "much" }, { nonsense: 1 }, { name: null }]) {
      const answer = await propose(id, payload);
      expect([answer.status, answer.error?.code]).toEqual([400, "BAD_REQUEST"]);
    }
    expect((await asBot.get<Kpi>(`/kpis/${id}`)).body).toMatchObject({ version: 1, target: 10 });
  });

  test("can't take it out of control but by an admin's proposal, nor be approved without an admin", async () => {
    const { id } = await kpi();
    expect((await propose(id, { needs_approval: false })).status).toBe(403);
    const stages = [{ stageName: "Anybody", requiredRole: "viewer" }];
    expect((await propose(id, { target: 12 }, { stages })).error?.details?.fields).toMatchObject([
      { field: "stages" },
    ]);
  });

  test("made for an older version is a 409, and nothing of the KPI moves", async () => {
    const { id } = await kpi();
    const stale = (await propose(id, { target: 12 })).body.id;
    expect((await asOwner.patch(`/kpis/${id}`, { target: 11 })).status).toBe(200);
    expect((await must(first).approve(stale)).error).toMatchObject({
      details: { reason: "stale_version", made_for_version: 1, current_version: 2 },
    });
    expect((await asBot.get<Kpi>(`/kpis/${id}`)).body).toMatchObject({ version: 2, target: 11 });
  });

  test("and what an admin changes without one make one trail without a gap", async () => {
    const { id } = await kpi();
    const edit = (body: unknown) => asOwner.patch(`/kpis/${id}`, body);
    expect((await edit({ target: 11 })).status).toBe(200);
    expect((await edit({ target: 11 })).status).toBe(200);
    const { body: change } = await propose(id, { target: 12 });
    expect((await must(first).approve(change.id)).status).toBe(200);
    expect((await edit({ needs_approval: false })).status).toBe(200);
    expect((await edit({ target: 14 })).status).toBe(200);
    const { logs } = (await changesApi(admins[0].api).logs({ entityType: "kpi", entityId: id }))
      .body;
    const direct = { action: "update", changeId: null, userId: owner.id };
    expect(logs).toMatchObject([
      { ...direct, entityVersion: 4, after: { needs_approval: false } },
      { changeId: change.id, entityVersion: 3, before: { target: 11 }, after: { target: 12 } },
      { ...direct, entityVersion: 2, before: { target: 10 }, after: { target: 11, unit: null } },
    ]);
  });

  test.each(["objective", "keyResult"])("is not all that the trail of a %s tells", async (type) => {
    const { body: objective } = await asOwner.post<Objective>("/okrs", {
      title: "Guarded",
      needs_approval: true,
      key_results: [{ title: "Guarded", target: 10, needs_approval: true }],
    });
    const isObjective = type === "objective";
    const entityId = isObjective ? objective.id : must(objective.key_results[0]).id;
    await asOwner.patch(`/${isObjective ? "okrs" : "key-results"}/${entityId}`, { title: "New" });
    const { logs } = (await changesApi(admins[0].api).logs({ entityType: type, entityId })).body;
    const change = { before: { title: "Guarded" }, after: { title: "New" } };
    expect(logs).toMatchObject([{ entityName: "New", entityVersion: 2, ...change }]);
  });

  test("is not made stale by a new value of it", async () => {
    const { id } = await kpi();
    const { body } = await propose(id, { target: 12 });
    expect((await asBot.post(`/kpis/${id}/updates`, { value: 6 })).status).toBe(200);
    expect((await must(first).approve(body.id)).status).toBe(200);
  });

  test("of two for one version approved at once is applied once", async () => {
    await inRounds(ROUNDS, async (n) => {
      const { id } = await kpi();
      const changes = [
        (await propose(id, { target: 100 + n })).body.id,
        (await propose(id, { target: 200 + n })).body.id,
      ] as const;
      const answers = await Promise.all([
        must(first).approve(changes[0]),
        must(second).approve(changes[1]),
      ]);
      expect(statusesOf(answers)).toEqual([200, 409]);
      expect((await asBot.get<Kpi>(`/kpis/${id}`)).body).toMatchObject({
        version: 2,
        target: (answers[0].status === 200 ? 100 : 200) + n,
      });
    });
  });
});
