import { afterAll, beforeAll, expect, test } from "vitest";
import { recordEvent } from "../events/record-event.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { inOrganization } from "./in-organization.ts";
import { inSystemTransaction } from "./in-system-transaction.ts";
import type { Transaction } from "./transaction.ts";

let database: TestDatabase;
beforeAll(async () => (database = await openTestDatabase()));
afterAll(() => database.close());

/** Runs the work in one transaction of each kind. Returns the hints that were given during the work, and in all. */
async function hintsOf(work: (db: Transaction) => Promise<void>) {
  const outcomes = [];
  for (const kind of ["organization", "system"]) {
    const hints: string[] = [];
    let duringWork = -1;
    const services = {
      ...database.services,
      eventsWritten: () => void hints.push("events"),
      wakeWorker: () => void hints.push("work"),
    };
    const watched = async (db: Transaction) => {
      await work(db).finally(() => (duringWork = hints.length));
    };
    await (
      kind === "organization"
        ? inOrganization({ ...database.owner, services }, watched)
        : inSystemTransaction(services, watched)
    ).catch((error: unknown) => hints.push(String(error)));
    outcomes.push({ duringWork, hints });
  }
  return outcomes;
}

const twice = <T>(outcome: T): T[] => [outcome, outcome];

test("gives the hints that were noted, each once and after the commit", async () => {
  const noted = await hintsOf(async (db) => {
    for (const name of ["a", "b"]) await recordEvent(db, database.owner, "test.done", { name });
    db.noteWork();
    db.noteWork();
  });
  expect(noted).toEqual(twice({ duringWork: 0, hints: ["events", "work"] }));
});

test("gives no hint where nothing was noted", async () => {
  const noted = await hintsOf(async (db) => void (await db.query("select 1")));
  expect(noted).toEqual(twice({ duringWork: 0, hints: [] }));
});

test("gives no hint after a rollback", async () => {
  const noted = await hintsOf(async (db) => {
    await recordEvent(db, database.owner, "test.undone", {});
    db.noteWork();
    throw new Error("no");
  });
  expect(noted).toEqual(twice({ duringWork: 0, hints: ["Error: no"] }));
  const { rows } = await database.services.system.query(
    "select from events where type = 'test.undone'",
  );
  expect(rows).toEqual([]);
});

test("forgets what was noted before PostgreSQL asked to begin again", async () => {
  let attempts = 0;
  const noted = await hintsOf(async (db) => {
    if (++attempts % 2 === 0) return;
    db.noteEvents();
    await db.query("do $$ begin raise exception 'again' using errcode = '40001'; end $$");
  });
  expect(noted).toEqual(twice({ duringWork: 0, hints: [] }));
  expect(attempts).toBe(4);
});
