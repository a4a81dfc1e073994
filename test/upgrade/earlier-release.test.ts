import { randomUUID } from "node:crypto";
import { shareStage, type Stage } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

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
