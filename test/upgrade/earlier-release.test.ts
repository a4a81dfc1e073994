import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { must } from "@sayso/must";
import { shareStage, type Stage } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let stage: Stage;

beforeAll(async () => {
  stage = await shareStage();
});

afterAll(() => stage?.close());

test("a release that doesn't send a new column gives a request the default of its table", async () => {
  const { services, organization, machine } = stage;
  const columns = await services.sql<{ name: string; initial: string }>(
    `select column_name as name, column_default as initial from information_schema.columns
     where table_schema = 'public' and table_name = 'requests' and is_nullable = 'NO'
       and column_default is not null and data_type not like 'timestamp%'`,
  );
  expect(columns.length).toBeGreaterThan(5);
  const id = randomUUID();
  const item = {
    ...{ id, connection_id: machine.id, title: "t", description: "d", status: "pending" },
    ...{ priority: "low", required_approvals: 1, steps: [], events: [] },
  };
  const [stored] = await services.sql<{ outcome: string }>(
    "select outcome from create_requests($1, $2, false)",
    [organization.id, JSON.stringify([item])],
  );
  expect(stored).toEqual({ outcome: "created" });
  for (const { name, initial } of columns) {
    const [row] = await services.sql<{ isDefault: boolean }>(
      `select ${name} = (${initial}) as "isDefault" from requests where organization_id = $1 and id = $2`,
      [organization.id, id],
    );
    expect([name, row]).toEqual([name, { isDefault: true }]);
  }
});

describe("steps of the release before, which doesn't record that they are of a quorum", () => {
  const ofQuorum = async (id: string) =>
    (
      await stage.services.sql<{ of_quorum: boolean }>(
        "select of_quorum from steps where request_id = $1 order by step_order",
        [id],
      )
    ).map((step) => step.of_quorum);
  const inOrder = () => ({
    is_sequential: true,
    assigned_approvers: [stage.alice.id, stage.bob.id],
  });

  test("get it when such a release makes a request: only named approvers in order are a quorum", async () => {
    const { services, organization, machine, alice, bob } = stage;
    const create = async (more: object, ...steps: object[]) => {
      const id = randomUUID();
      const item = {
        ...{ id, connection_id: machine.id, title: "t", description: "d", status: "pending" },
        ...{ priority: "low", required_approvals: 2, required_steps: 2, events: [] },
        ...more,
        steps: steps.map((step, i) => ({
          ...{ id: randomUUID(), step_order: i + 1, name: null, status: "active" },
          ...{ required_approvals: 1, assigned_user_ids: null, needs_each: false },
          ...step,
        })),
      };
      await services.sql("select outcome from create_requests($1, $2, true)", [
        organization.id,
        JSON.stringify([item]),
      ]);
      return ofQuorum(id);
    };
    const by = (...people: { id: string }[]) => ({ assigned_user_ids: people.map(({ id }) => id) });
    expect(await create(inOrder(), by(alice), by(bob))).toEqual([true, true]);
    expect(await create({ is_sequential: true }, by(alice), by(bob))).toEqual([false, false]);
    expect(await create({}, {}, { name: "Legal" })).toEqual([false, false]);
    expect(
      await create(inOrder(), { ...by(alice), name: "Legal" }, { ...by(bob), name: "Finance" }),
    ).toEqual([false, false]);
    expect(await create(inOrder(), by(alice, bob), by(bob, alice))).toEqual([false, false]);
  });

  test("get it from the migration, while their request is pending", async () => {
    const { services, machine, alice, owner } = stage;
    const ask = async (more: Record<string, unknown> = inOrder()) =>
      (await machine.api.create(more)).body.id;
    const [plain, delegated, replaced, decided] = [
      await ask(),
      await ask(),
      await ask(),
      await ask(),
    ];
    const written = await ask({ steps: [{ approver_id: alice.id }, { approver_id: alice.id }] });
    expect((await alice.api.delegate(delegated, { to_user_id: owner.id })).status).toBe(200);
    const steps = [{ approver_id: alice.id }, { approver_id: stage.bob.id }];
    expect((await machine.api.setSteps(replaced, steps)).status).toBe(201);
    await alice.api.reject(decided);
    const ids = [plain, delegated, replaced, decided, written];
    const before = await Promise.all(ids.map(ofQuorum));
    expect(before[0]).toEqual([true, true]);
    await services.sql("update steps set of_quorum = false where request_id = any ($1)", [ids]);
    const migration = await readFile(
      new URL("../../packages/database/sql/migrations/0009_steps_of_a_quorum.sql", import.meta.url),
      "utf8",
    );
    await services.sql(must(/^update steps[^;]*/m.exec(migration))[0], []);
    const none = [false, false];
    expect(await Promise.all(ids.map(ofQuorum))).toEqual([
      [true, true],
      [true, true],
      none,
      none,
      none,
    ]);
  });
});
