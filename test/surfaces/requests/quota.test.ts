// A project's monthly limit: 50 requests on the plan free, any number on the plan pro.
import { setProjectPlan } from "@sayso/core";
import { must } from "@sayso/must";
import { openStage, type TestConnection } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { rateOf, type RequestError, type WireRequest } from "./requests-api.ts";

/** The number of rounds: SAYSO_RACE_ROUNDS, default 20. */
const ROUNDS = Number(process.env.SAYSO_RACE_ROUNDS ?? 20);

const stage = await openStage({ replicas: 2, env: { SAYSO_REQUESTS_PLAN: "free" } });
afterAll(() => stage.close());
const { organization, services, server } = stage;

const ask = (project: TestConnection, url = server.url) =>
  project.api.call<WireRequest & RequestError>("POST", `${url}/api/v1/requests`, {
    body: { payload: {} },
  });
/** Pretends that the project has already made this number of requests. */
const haveMade = (project: TestConnection, used: number, month = "now()") =>
  services.sql(
    `insert into project_months (organization_id, project_id, month, used)
     values ($1, $2, date_trunc('month', ${month} at time zone 'UTC'), $3)
     on conflict (organization_id, project_id, month) do update set used = excluded.used`,
    [organization.id, project.id, used],
  );
const counted = async (project: TestConnection) => {
  const [row] = await services.sql<{ used: number; made: number }>(
    `select (select used from project_months where project_id = $1) as used,
       (select count(*) from requests where connection_id = $1)::int as made`,
    [project.id],
  );
  return must(row);
};
const nextMonth = () => {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) / 1000;
};

test("every answer says what is left of the month, a new request's as well", async () => {
  const project = await organization.addConnection();
  const before = await project.api.call("GET", "/api/v1/requests");
  expect(rateOf(before.headers)).toEqual({ limit: 50, remaining: 50, reset: nextMonth() });
  const made = await ask(project);
  expect(rateOf(made.headers)).toEqual({ limit: 50, remaining: 49, reset: nextMonth() });
  const read = await project.api.call("GET", `/api/v1/requests/${made.body.id}`);
  expect(rateOf(read.headers)).toEqual({ limit: 50, remaining: 49, reset: nextMonth() });
});

test("the 51st of a month is a 429 that says when to come again, and reading goes on", async () => {
  const project = await organization.addConnection();
  await haveMade(project, 49);
  expect((await ask(project)).status).toBe(201);
  const refused = await ask(project);
  expect(refused.status).toBe(429);
  expect(refused.body).toMatchObject({
    error: expect.stringMatching(/50 requests a month/) as string,
    errors: {},
  });
  expect(rateOf(refused.headers)).toEqual({ limit: 50, remaining: 0, reset: nextMonth() });
  const seconds = Number(refused.headers.get("Retry-After"));
  expect(Math.abs(Date.now() / 1000 + seconds - nextMonth())).toBeLessThan(60);
  expect((await project.api.call("GET", "/api/v1/requests")).status).toBe(200);
  expect(await counted(project)).toEqual({ used: 50, made: 1 });
});

test("a month that is over counts for nothing", async () => {
  const project = await organization.addConnection();
  await haveMade(project, 50, "(now() - interval '1 month')");
  const made = await ask(project);
  expect([made.status, rateOf(made.headers).remaining]).toEqual([201, 49]);
});

test("what was not made is not counted", async () => {
  const project = await organization.addConnection({ allowedActionTypes: null });
  for (const body of [{}, { payload: {}, expires_at: "2020-01-01T00:00:00Z" }])
    expect((await project.api.call("POST", "/api/v1/requests", { body })).status).toBe(400);
  const stop = (active: boolean) =>
    organization.owner.api.call("POST", "/api/v1/emergency-stop", { body: { active } });
  await stop(true);
  expect((await ask(project)).status).toBe(503);
  await stop(false);
  expect(rateOf((await ask(project)).headers).remaining).toBe(49);
});

test("one project's month is not another's, and the approvals API has none", async () => {
  const [full, other] = [await organization.addConnection(), await organization.addConnection()];
  await haveMade(full, 50);
  expect((await ask(full)).status).toBe(429);
  expect((await ask(other)).status).toBe(201);
  expect((await full.api.create()).status).toBe(201);
});

test("more of them at once than the month has left: exactly as many are made, on whichever server", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const project = await organization.addConnection();
    const left = 1 + (round % 4);
    await haveMade(project, 50 - left);
    const urls = server.replicas.map(({ url }) => url);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => ask(project, urls[i % urls.length])),
    );
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([
      ...Array<number>(left).fill(201),
      ...Array<number>(12 - left).fill(429),
    ]);
    expect(await counted(project)).toEqual({ used: 50, made: left });
  }
});

describe("the operator's say", () => {
  const operator = {
    ...organization.context,
    actor: { ...organization.context.actor, via: "command_line" } as never,
  };

  test("pro: any number, and the headers tell of the hour", async () => {
    const project = await organization.addConnection({ rateLimitPerHour: 70 });
    await haveMade(project, 50);
    await setProjectPlan(operator, project.id, "pro");
    const made = await ask(project);
    expect(made.status).toBe(201);
    expect(rateOf(made.headers)).toMatchObject({ limit: 70 });
    await setProjectPlan(operator, project.name, null);
    expect((await ask(project)).status).toBe(429);
  });

  test("is nobody else's: an admin can't set a plan", async () => {
    const project = await organization.addConnection();
    await expect(setProjectPlan(organization.context, project.id, "pro")).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("of an unknown project is refused", async () => {
    await expect(setProjectPlan(operator, "no such", "pro")).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

test("an hour that is used up is a 429 of the hour, also within a month that isn't", async () => {
  const project = await organization.addConnection({ rateLimitPerHour: 1 });
  const answers = [];
  // One hour can end in between, but not two.
  for (let i = 0; i < 4; i++) answers.push(await ask(project));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(2);
  for (const { headers } of refused)
    expect(rateOf(headers)).toMatchObject({ limit: 1, remaining: 0 });
});
