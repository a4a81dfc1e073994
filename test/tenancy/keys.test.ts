import { createDatabase } from "@sayso/testkit";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

// Every key of a tenant table begins with the organization: packages/database/sql/migrations/0001_people.sql.

/**
 * Tables that are read by an address, a token or a hash before the organization is known, and tables of the whole
 * server.
 */
const globalTables = [
  "connection_keys",
  "delivery_hold",
  "feed_state",
  "invitations",
  "oauth_clients",
  "oauth_grants",
  "oauth_interactions",
  "oauth_signing_keys",
  "oauth_tokens",
  "one_time_links",
  "organizations",
  "passkey_challenges",
  "passkeys",
  "people",
  "personal_tokens",
  "sessions",
  "sign_in_throttles",
];

const database = await createDatabase();
const client = new pg.Client({ connectionString: database.url });
beforeAll(() => client.connect());
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function namesOf(text: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(text, [globalTables]);
  return rows.map(({ name }) => name);
}

const tenantTables = `
  select c.oid, c.relname from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname !~ '^sayso_' and c.relname <> all ($1)`;
/** False too for an expression, which has the number 0. */
const columnIs = (relation: string, number: string): string =>
  `coalesce((select attname = 'organization_id' from pg_attribute where attrelid = ${relation} and attnum = ${number}), false)`;

test("every key of a tenant table begins with the organization", async () => {
  const keys = await namesOf(
    `select i.indexrelid::regclass::text as name from (${tenantTables}) t join pg_index i on i.indrelid = t.oid
     where i.indisunique and not ${columnIs("t.oid", "i.indkey[0]")}`,
  );
  expect(keys).toEqual([]);
  const keyless = await namesOf(
    `select t.relname::text as name from (${tenantTables}) t
     where not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)`,
  );
  expect(keyless).toEqual([]);
});

test("a reference to a tenant table names the organization first, whichever table it is in", async () => {
  const references = await namesOf(
    `select k.conname::text as name from pg_constraint k join (${tenantTables}) t on t.oid = k.confrelid
     where k.contype = 'f' and not (${columnIs("k.conrelid", "k.conkey[1]")} and ${columnIs("k.confrelid", "k.confkey[1]")})`,
  );
  expect(references).toEqual([]);
});

test("an index that doesn't begin with the organization is by the time at which the worker takes a row up, or by a person", async () => {
  const others = await namesOf(
    `select i.indexrelid::regclass::text as name from (${tenantTables}) t join pg_index i on i.indrelid = t.oid
     where not ${columnIs("t.oid", "i.indkey[0]")} order by 1`,
  );
  expect(others).toEqual([
    "api_call_hours_hour",
    "api_calls_at",
    "deliveries_due",
    "events_transaction",
    "mails_created",
    "mails_due",
    "memberships_person",
    "requests_due",
  ]);
});

test("the global tables are those that are named here", async () => {
  const { rows } = await client.query<{ name: string }>(
    "select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname = any ($1) order by 1",
    [globalTables],
  );
  expect(rows.map(({ name }) => name)).toEqual(globalTables);
});
