import { must } from "@sayso/must";
import { api, openStage, type Answer } from "@sayso/testkit";
import pg from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { expectAllSound } from "../request-history.ts";

// docs/faults.md, 86 to 88: the database has no space, rolls back a transaction, or has no free connection.

const stage = await openStage();
const { services, machine, server } = stage;
afterAll(async () => {
  await expectAllSound(services);
  expect(server.logs()).not.toContain("unexpected error");
  await stage.close();
});

/**
 * Makes the database refuse the next `times` new requests with this SQLSTATE, as a real fault would, and then accept
 * them.
 */
async function refuseRequests(sqlState: string, times: number): Promise<void> {
  // A sequence keeps its count when its transaction is rolled back.
  await services.sql(`create sequence refused_requests`);
  await services.sql(
    `create function refuse_request() returns trigger language plpgsql security definer as $$
     begin
       if nextval('refused_requests') <= ${times} then
         raise exception 'for a test' using errcode = '${sqlState}';
       end if;
       return new;
     end $$`,
  );
  await services.sql(
    "create trigger refuse_request before insert on requests for each row execute function refuse_request()",
  );
}
const refusals = async (): Promise<number> =>
  must((await services.sql<{ n: number }>("select last_value::int as n from refused_requests"))[0])
    .n;
afterEach(async () => {
  await services.sql("drop trigger if exists refuse_request on requests");
  await services.sql("drop function if exists refuse_request");
  await services.sql("drop sequence if exists refused_requests");
});

const countOf = async (title: string): Promise<number> =>
  must(
    (
      await services.sql<{ n: number }>(
        "select count(*)::int as n from requests where title = $1",
        [title],
      )
    )[0],
  ).n;

function expectUnavailable(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, error: { code: "UNAVAILABLE" } });
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
}

describe("86: a full disk", () => {
  test("is a 503 that says when to come again; nothing is acknowledged, and the same key asks once", async () => {
    const ask = () => machine.api.create({ title: "No room", idempotency_key: "no-room" });
    await refuseRequests("53100", 1);
    expectUnavailable(await ask());
    expect(await countOf("No room")).toBe(0);
    expect((await ask()).status).toBe(201);
    expect((await ask()).status).toBe(200);
    expect(await countOf("No room")).toBe(1);
  });
});

describe.each([
  ["a deadlock", "40P01"],
  ["a serialization failure", "40001"],
])("87: %s", (what, sqlState) => {
  test("is tried again, and nobody hears of it", async () => {
    await refuseRequests(sqlState, 2);
    const title = `Twice ${what}`;
    expect((await machine.api.create({ title })).status).toBe(201);
    expect([await countOf(title), await refusals()]).toEqual([1, 3]);
  });

  test("that comes a third time is a 503, and is not tried for ever", async () => {
    await refuseRequests(sqlState, 1000);
    const title = `Always ${what}`;
    expectUnavailable(await machine.api.create({ title }));
    expect([await countOf(title), await refusals()]).toEqual([0, 3]);
  });
});

test("88: where no place in the database is free, callers are told 503, and are served as soon as one is", async () => {
  // This connection has none of the time limits that Sayso's own connections have.
  const holder = new pg.Client(server.databaseUrl);
  await holder.connect();
  try {
    await holder.query("begin; lock table requests in access exclusive mode");
    const calls = Array.from({ length: 60 }, (_, i) =>
      machine.api.create({ title: "Crowd", idempotency_key: `crowd-${i}` }),
    );
    for (const answer of await Promise.all(calls)) expectUnavailable(answer);
    // A call that needs no database still gets its answer.
    expect((await api(server.url, null).call("GET", "/healthz")).status).toBe(200);
  } finally {
    await holder.end();
  }
  await expect.poll(async () => (await machine.api.create({ title: "Room" })).status).toBe(201);
  const again = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      machine.api.create({ title: "Crowd", idempotency_key: `crowd-${i}` }),
    ),
  );
  expect(again.every(({ status }) => status === 201)).toBe(true);
  expect(await countOf("Crowd")).toBe(60);
});
