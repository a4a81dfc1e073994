// The operations behind the pages of connections: the request log, the usage of the limit, the keys.
import { setTimeout as sleep } from "node:timers/promises";
import { CALLS_KEPT, createCallRecorder, forgetCalls, newId, type EndedCall } from "@sayso/core";
import type { ReplyOf, workspaceOperations } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { api, shareStage, until, type TestConnection } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { owner, alice, organization, server, services } = stage;

type Operations = typeof workspaceOperations;
type Body<Name extends keyof Operations> = ReplyOf<Operations[Name]>["body"];
type Calls = Body<"listConnectionCalls">;

const callsOf = (connection: Pick<TestConnection, "id">, query = {}) =>
  owner.api.call<Calls>("GET", `/api/v1/connections/${connection.id}/calls`, { query });
const logged = async (connection: TestConnection, count: number, query = {}) => {
  await until(
    async () => (await callsOf(connection, query)).body.data.length >= count,
    `${count} calls are in the log`,
  );
  return (await callsOf(connection, query)).body.data;
};

/** A call as the recorder receives it. */
const ended = (connectionId: string): EndedCall => ({
  organizationId: organization.id,
  connectionId,
  method: "GET",
  path: "/",
  operation: null,
  status: 200,
  durationMs: 1,
  requestId: "",
  errorCode: null,
});

describe("the request log", () => {
  test("holds each call of a connection, as it was answered, and nothing that is secret", async () => {
    const machine = await organization.addConnection();
    const { body: request } = await machine.api.create();
    await machine.api.call("GET", "/api/v1/approvals?page_size=1&search=hidden");
    const refused = await machine.api.create({ title: "" });
    await machine.api.get(newId());
    await machine.api.call("PUT", "/api/v1/nothing-here");
    await machine.api.call("GET", `/changes/api/v1/approvals`);
    const calls = await logged(machine, 6);
    expect(calls.map((call) => [call.method, call.path, call.operation, call.status])).toEqual([
      ["GET", "/changes/api/v1/approvals", "change.list", 200],
      ["PUT", "/api/v1/nothing-here", null, 404],
      ["GET", expect.stringMatching(/^\/api\/v1\/approvals\/[0-9a-f-]{36}$/), "approval.get", 404],
      ["POST", "/api/v1/approvals", "approval.create", 400],
      ["GET", "/api/v1/approvals", "approval.list", 200],
      ["POST", "/api/v1/approvals", "approval.create", 201],
    ]);
    expect(calls.map((call) => call.error_code)).toEqual([
      null,
      "not_found",
      "not_found",
      "validation_failed",
      null,
      null,
    ]);
    expect(calls[3]?.request_id).toBe(refused.headers.get("x-request-id"));
    expect(calls[5]?.duration_ms).toBeGreaterThanOrEqual(0);
    const stored = JSON.stringify(
      await services.sql("select * from api_calls where organization_id = $1", [organization.id]),
    );
    for (const secret of [machine.key, "hidden", request.title])
      expect(stored).not.toContain(secret);
  });

  test("also holds what was refused before it got anywhere: without the scope, or over the limit", async () => {
    const machine = await organization.addConnection({ rateLimitPerHour: 2 });
    await machine.api.call("GET", "/api/v1/reviews");
    await machine.api.list();
    await machine.api.list();
    const calls = await logged(machine, 3);
    expect(calls.map((call) => [call.status, call.error_code])).toEqual([
      [429, "rate_limited"],
      [200, null],
      [403, "forbidden"],
    ]);
  });

  test("holds nothing that people do themselves", async () => {
    await alice.api.list();
    const rows = await services.sql<{ path: string }>(
      `select path from api_calls c where organization_id = $1
         and not exists (select from connections k where k.id = c.connection_id)`,
      [organization.id],
    );
    expect(rows).toEqual([]);
  });

  test("is filtered by status, method and text, and read on without gaps", async () => {
    const machine = await organization.addConnection();
    for (let i = 0; i < 5; i++) await machine.api.list();
    const { headers } = await machine.api.get(newId());
    await machine.api.create();
    await logged(machine, 7);
    const find = async (query: object) =>
      (await callsOf(machine, query)).body.data.map((call) => call.operation);
    expect(await find({ status: "4xx" })).toEqual(["approval.get"]);
    expect(await find({ method: "POST" })).toEqual(["approval.create"]);
    expect(await find({ search: "VAL.CREA" })).toEqual(["approval.create"]);
    expect(await find({ search: headers.get("x-request-id") })).toEqual(["approval.get"]);
    expect(await find({ search: "%" })).toEqual([]);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { body } = await callsOf(machine, { limit: 2, cursor });
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...body.data.map((call) => call.id));
      cursor = body.next_cursor;
    }
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
    expect((await callsOf(machine, { cursor: "made-up" })).error).toMatchObject({
      code: "VALIDATION_ERROR",
    });
  });

  test("keeps the newest 1,000 of a connection and nothing older than 7 days; the counts stay", async () => {
    const { id } = await organization.addConnection();
    const old = await organization.addConnection();
    const insert = (connection: string, count: number, age: string) =>
      services.sql(
        `insert into api_calls (organization_id, connection_id, at, id, method, path, status, duration_ms, request_id)
         select $1, $2, now() - $4::interval - make_interval(secs => i), gen_random_uuid(), 'GET', '/' || i, 200, 1, ''
         from generate_series(1, $3) i`,
        [organization.id, connection, count, age],
      );
    await insert(id, CALLS_KEPT.perConnection + 50, "0");
    await insert(old.id, 3, `${CALLS_KEPT.days} days`);
    await insert(old.id, 2, `${CALLS_KEPT.days - 1} days`);
    await services.sql(
      `insert into api_call_hours (organization_id, connection_id, hour, calls, refused, failed)
       values ($1, $2, date_trunc('hour', now(), 'UTC'), 1050, 0, 0)`,
      [organization.id, id],
    );
    await forgetCalls(services);
    const kept = await services.sql<{ connection_id: string; count: number; oldest: number }>(
      `select connection_id, count(*)::int as count, max(substr(path, 2)::int) as oldest from api_calls
       where connection_id = any ($1) group by 1 order by 2`,
      [[id, old.id]],
    );
    expect(kept).toEqual([
      { connection_id: old.id, count: 2, oldest: 2 },
      { connection_id: id, count: 1000, oldest: 1000 },
    ]);
    expect((await usageOf({ id })).hours.at(-1)).toMatchObject({ calls: 1050 });
  });

  test("never delays a call and never fails it, also where it can't be written; what is lost is counted", async () => {
    const gone = new Error("the database is gone");
    let fail: (error: Error) => void = () => undefined;
    let isSlow = true;
    const lost: [number, unknown][] = [];
    const system = {
      query: () =>
        isSlow ? new Promise((_resolve, reject) => (fail = reject)) : Promise.reject(gone),
    } as unknown as typeof services.system;
    const recorder = createCallRecorder(
      { system, newId },
      (...reported) => void lost.push(reported),
    );
    for (let i = 0; i < 500; i++) recorder.note(ended(newId()));
    for (let i = 0; i < 6000; i++) recorder.note(ended(newId()));
    isSlow = false;
    fail(gone);
    await until(() => lost.length === 1, "the first 500 are lost");
    // Of the 6,000 calls that came meanwhile, 5,000 waited and 1,000 were lost.
    expect(lost).toEqual([[1500, gone]]);
    await recorder.close();
    expect(lost[1]).toEqual([5000, gone]);
  });

  test("lists calls as they ended, though the database heard late of the first", async () => {
    const connection = await organization.addConnection();
    let delayMs = 200;
    const system = {
      query: async (...query: Parameters<typeof services.system.query>) => {
        await sleep(delayMs);
        return services.system.query(...query);
      },
    } as unknown as typeof services.system;
    const recorder = createCallRecorder({ system, newId });
    const note = (path: string) => recorder.note({ ...ended(connection.id), path });
    note("/earlier");
    await sleep(500);
    note("/first");
    const first = recorder.flush();
    note("/second");
    await first;
    delayMs = 0;
    note("/third");
    await recorder.close();
    const calls = await logged(connection, 4);
    expect(calls.map((call) => call.path)).toEqual(["/third", "/second", "/first", "/earlier"]);
    const at = (place: number) => new Date(must(calls[place]).at).getTime();
    expect(at(2) - at(3)).toBeGreaterThan(400);
  });

  test("writes at most 200 calls of one connection at once, and counts all", async () => {
    const { id: connectionId } = await organization.addConnection();
    const recorder = createCallRecorder(services);
    for (let i = 0; i < 300; i++)
      recorder.note({
        ...ended(connectionId),
        status: i < 10 ? 500 : i < 30 ? 404 : 200,
        durationMs: 1.4,
      });
    await recorder.close();
    const [written] = await services.sql<{ count: number }>(
      "select count(*)::int as count from api_calls where connection_id = $1",
      [connectionId],
    );
    expect(written?.count).toBe(200);
    expect((await usageOf({ id: connectionId })).hours.at(-1)).toMatchObject({
      calls: 300,
      refused: 20,
      failed: 10,
    });
  });
});

const usageOf = async ({ id }: { id: string }) =>
  (await owner.api.call<Body<"getConnectionUsage">>("GET", `/api/v1/connections/${id}/usage`)).body;

describe("the usage of a connection", () => {
  test("says what is left of its hour, when the next begins, and what the last 24 brought", async () => {
    const machine = await organization.addConnection({ rateLimitPerHour: 10 });
    const before = await usageOf(machine);
    expect(before).toMatchObject({ limit_per_hour: 10, used: 0, remaining: 10 });
    expect(before.hours).toHaveLength(24);
    const { headers } = await machine.api.list();
    await machine.api.get(newId());
    await machine.api.list();
    await logged(machine, 3);
    const after = await usageOf(machine);
    // A new hour can have begun in between.
    const isSameHour = before.resets_at === after.resets_at;
    if (isSameHour) {
      // Reading one request counts against a limit of its own.
      expect(after).toMatchObject({ used: 2, remaining: 8 });
      expect(after.hours.at(-1)).toMatchObject({ calls: 3, refused: 1, failed: 0 });
    }
    expect(Number(headers.get("x-ratelimit-reset"))).toBeGreaterThanOrEqual(
      Date.parse(before.resets_at) / 1000,
    );
    expect(Date.parse(after.resets_at) % 3_600_000).toBe(0);
  });
});

describe("the keys of a connection", () => {
  type Keys = Body<"listConnectionKeys">;
  const path = (id: string) => `/api/v1/connections/${id}/keys`;

  test("are made beside one another, listed without the key, and ended one by one", async () => {
    const machine = await organization.addConnection();
    await organization.addConnection();
    const made = await owner.api.call<Body<"createConnectionKey">>("POST", path(machine.id));
    expect(made.status).toBe(201);
    const second = api(server.url, made.body.api_key);
    expect((await second.list()).status).toBe(200);
    const { body } = await owner.api.call<Keys>("GET", path(machine.id));
    expect(body.data.map((key) => [key.id, key.status])).toEqual([
      [made.body.id, "valid"],
      [machine.keyId, "valid"],
    ]);
    expect(body.data[0]).toMatchObject({ last_four: made.body.api_key.slice(-4), scopes: null });
    expect(JSON.stringify(body)).not.toContain(made.body.api_key);
    const ended = await owner.api.call("DELETE", `${path(machine.id)}/${made.body.id}`);
    expect(ended.body).toEqual({ id: made.body.id, revoked: true });
    await until(async () => (await second.list()).status === 401, "the key is refused");
    expect((await machine.api.list()).status).toBe(200);
    const after = await owner.api.call<Keys>("GET", path(machine.id));
    expect(after.body.data.map((key) => key.status)).toEqual(["revoked", "valid"]);
  });

  test("are ended only at their own connection", async () => {
    const [one, other] = [await organization.addConnection(), await organization.addConnection()];
    expect((await owner.api.call("DELETE", `${path(other.id)}/${one.keyId}`)).status).toBe(404);
    expect((await one.api.list()).status).toBe(200);
  });
});
