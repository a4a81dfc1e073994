// Two changes at once, each right by itself, end in a clear answer, and break no rule of the database.
import { transferConnections, updateConnection, type Context } from "@sayso/core";
import { must } from "@sayso/must";
import { shareStage, until } from "@sayso/testkit";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
const { organization, server, services } = stage;
const first = new pg.Client({ connectionString: server.databaseUrl });
beforeAll(() => first.connect());
afterAll(async () => {
  await first.end();
  await stage.close();
});

/** Runs `change` while this file's own transaction has written `sql`, and commits that once `change` waits for it. */
async function during<T>(sql: string, values: unknown[], change: () => Promise<T>): Promise<T> {
  await first.query("begin");
  try {
    await first.query(sql, values);
    const { rows } = await first.query<{ pid: number }>("select pg_backend_pid() as pid");
    const changing = change();
    await until(
      async () =>
        (
          await services.sql(
            "select from pg_stat_activity where $1 = any (pg_blocking_pids(pid)) limit 1",
            [must(rows[0]).pid],
          )
        ).length > 0,
      "the second change waits for the first",
    );
    await first.query("commit");
    return await changing;
  } catch (error) {
    await first.query("rollback");
    throw error;
  }
}

const AGREE = `update connections set can_decide = true, decides_for = owner_id, decides_since = now(),
  decides_by = 'session' where id = $1`;

describe("a transfer", () => {
  test("while the owner agrees that the connection votes ends that vote, and moves the connection", async () => {
    const [from, to] = [
      await organization.addPerson({ role: "admin" }),
      await organization.addPerson({ role: "admin" }),
    ];
    const { id } = await organization.addConnection({ by: from });
    const { call } = await signedInApi(server.url, organization.owner);
    const answer = await during(AGREE, [id], () =>
      call("POST", `/api/v1/people/${from.id}/transfer-connections`, {
        body: { to_person_id: to.id },
      }),
    );
    expect([answer.status, answer.body]).toEqual([200, { transferred: 1 }]);
    expect(
      await services.sql("select owner_id, can_decide from connections where id = $1", [id]),
    ).toEqual([{ owner_id: to.id, can_decide: false }]);
  });

  test("leaves a voting connection that is made at the same time with the person who makes it", async () => {
    const [from, to] = [
      await organization.addPerson({ role: "admin" }),
      await organization.addPerson({ role: "admin" }),
    ];
    for (let round = 0; round < 10; round++) {
      const settled = await Promise.allSettled([
        organization.addConnection({ by: from, canDecide: true }),
        organization.owner.inPerson((own) =>
          transferConnections(own, { fromPersonId: from.id, toPersonId: to.id }),
        ),
      ]);
      expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    }
  });

  test("and the owner's agreement, at once and in any order, are both answered", async () => {
    const [from, to] = [
      await organization.addPerson({ role: "admin" }),
      await organization.addPerson({ role: "admin" }),
    ];
    for (let round = 0; round < 10; round++) {
      const { id } = await organization.addConnection({ by: from });
      const agree = (there: Context) => updateConnection(there, id, { canDecide: true });
      const settled = await Promise.allSettled([
        from.inPerson(agree),
        organization.owner.inPerson((own) =>
          transferConnections(own, { fromPersonId: from.id, toPersonId: to.id }),
        ),
      ]);
      const [agreed, moved] = settled;
      expect(moved.status).toBe("fulfilled");
      if (agreed.status === "rejected") expect(agreed.reason).toMatchObject({ code: "forbidden" });
    }
  });
});

test("a person who joins a team while the team is deleted gets a plain answer", async () => {
  const team = await organization.addTeam("Short-lived", []);
  const answer = await during("delete from teams where id = $1", [team.id], () =>
    organization.owner.api.call("PUT", `/api/v1/teams/${team.id}/members`, {
      body: { member_ids: [organization.owner.id] },
    }),
  );
  expect(answer.status).toBe(404);
});

test("an objective for a cycle that goes at the same time is refused by the field", async () => {
  const { call } = organization.owner.api;
  const { body: cycle } = await call<{ id: string }>("POST", "/api/v1/cycles", {
    body: { name: "Going", starts_on: "2031-01-01", ends_on: "2031-03-31" },
  });
  const answer = await during("delete from goal_cycles where id = $1", [cycle.id], () =>
    call("POST", "/api/v1/okrs", {
      body: { title: "Late", cycle_id: cycle.id, key_results: [{ title: "KR", target: 1 }] },
    }),
  );
  expect(answer.status).toBe(400);
});
