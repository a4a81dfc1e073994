// Two KPI updates, and two check-ins, at the same instant: they form a chain and none is lost. Two real processes on
// one PostgreSQL; SAYSO_RACE_ROUNDS sets the number of rounds.
import { createKpi, createObjective } from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization, openStage, until } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { inRounds } from "../../races/lanes.ts";
import { goalsApi, type CheckIn, type KpiUpdate } from "./goals-api.ts";

const ROUNDS = Number(process.env.SAYSO_RACE_ROUNDS ?? 20);
/** A connection may make 10,000 calls an hour. */
const ROUNDS_OF_ONE = 400;

const stage = await openStage({ replicas: 2 });
afterAll(() => stage.close());
const { server, services } = stage;

/** Returns the API on the n-th replica, with the key of one of the organization's connections. */
async function openMachines() {
  const organization = await createOrganization(services, server);
  const keys = await Promise.all(
    Array.from({ length: Math.ceil(ROUNDS / ROUNDS_OF_ONE) }, async () => {
      return (await organization.addConnection()).key;
    }),
  );
  const on = (n: number, round: number) =>
    goalsApi(must(server.replicas[n % 2]).url, must(keys[Math.floor(round / ROUNDS_OF_ONE)]));
  return { organization, on };
}

interface Link {
  before: number | null;
  after: number;
}

/** Follows a chain from its beginning. @returns the values in their order */
function follow(links: readonly Link[], from: number | null): number[] {
  const left = [...links];
  const values: number[] = [];
  for (let at = from; left.length > 0;) {
    const next = left.findIndex(({ before }) => before === at);
    if (next === -1) throw new Error(`nothing follows ${at}: ${JSON.stringify(left)}`);
    at = must(left[next]).after;
    values.push(at);
    left.splice(next, 1);
  }
  return values;
}

/** Returns the data of the events of this type, in the feed's order. */
const reported = (organizationId: string, type: string, idName: string, id: string) =>
  services.sql<{ data: { previous_value: number; value?: number; new_value?: number } }>(
    `select e.data from feed f join events e on e.id = f.event_id
     where f.organization_id = $1 and e.type = $2 and e.data ->> $3 = $4 order by f.position`,
    [organizationId, type, idName, id],
  );

test("KPI updates at the same instant chain, none is lost, and each is told once", async () => {
  const { organization, on } = await openMachines();
  await inRounds(ROUNDS, async (round) => {
    const kpi = await createKpi(organization.context, {
      name: `KPI ${round}`,
      target: 1,
      current: 0,
    });
    const values = [1, 2, 3, 4].map((n) => round * 10 + n);
    const answers = await Promise.all(
      values.map((value, n) => on(n, round).post<KpiUpdate>(`/kpis/${kpi.id}/updates`, { value })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const chain = follow(
      answers.map(({ body }) => ({ before: body.previous_value, after: body.new_value })),
      0,
    );
    expect([...chain].sort((a, b) => a - b)).toEqual(values);
    const { body: after } = await on(0, round).get<{ current: number }>(`/kpis/${kpi.id}`);
    expect(after.current).toBe(chain.at(-1));
    const history = await on(1, round).get<KpiUpdate[]>(`/kpis/${kpi.id}/updates`);
    expect(history.body.map(({ new_value }) => new_value)).toEqual(chain.toReversed());
    const times = history.body.map(({ created_at }) => created_at);
    expect(times.toSorted().toReversed()).toEqual(times);
    const read = () => reported(organization.id, "kpi.updated", "kpi_id", kpi.id);
    await until(async () => (await read()).length >= 4, "the feed has all of them");
    expect((await read()).map(({ data }) => data.new_value)).toEqual(chain);
  });
});

test("check-ins at the same instant chain as well", async () => {
  const { organization, on } = await openMachines();
  await inRounds(ROUNDS, async (round) => {
    const { keyResults } = await createObjective(organization.context, {
      title: `Objective ${round}`,
      keyResults: [{ title: "Key result", target: 1 }],
    });
    const { id } = must(keyResults[0]);
    const values = [1, 2, 3].map((n) => round * 10 + n);
    const answers = await Promise.all(
      values.map((value, n) =>
        on(n, round).post<CheckIn>(`/${n === 0 ? "okrs" : "key-results"}/${id}/checkins`, {
          value,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const chain = follow(
      answers.map(({ body }) => ({ before: body.previous_value, after: body.value })),
      0,
    );
    expect([...chain].sort((a, b) => a - b)).toEqual(values);
    const { body } = await on(0, round).get<{ current: number; checkins_count: number }>(
      `/key-results/${id}`,
    );
    expect(body).toMatchObject({ current: chain.at(-1), checkins_count: 3 });
    const read = () => reported(organization.id, "checkin.recorded", "key_result_id", id);
    await until(async () => (await read()).length >= 3, "the feed has all of them");
    expect((await read()).map(({ data }) => data.value)).toEqual(chain);
  });
});
