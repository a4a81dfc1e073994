import { onlyRow } from "./only-row.ts";
import { basename } from "node:path";
import type pg from "pg";
import { errorCode } from "./error-code.ts";
import type { Definitions, SqlFile } from "./sql-files.ts";

/**
 * The relation of the database's functions, triggers and access to those of this code. "older": this code is the older
 * one. A newer release has replaced the definitions, and they serve this release too, so it leaves them alone.
 */
export type DefinitionsState = "current" | "stale" | "older";

/** The tables that record which definitions are applied. */
export const createDefinitionTables = `
  create table if not exists sayso_releases (
    number integer primary key generated always as identity,
    version text not null, definitions_sha256 text not null, applied_at timestamptz not null default now());
  create table if not exists sayso_definitions (
    signature text primary key, file text not null, sha256 text not null,
    release integer not null references sayso_releases)`;

const TRIES = 20;
const LOCK_TIMEOUT = "500ms";
const TRANSIENT = new Set(["55P03", "40P01"]);

interface Release {
  number: number;
  version: string;
  sha256: string;
}

/** Newest first. */
async function readReleases(client: pg.Client): Promise<Release[]> {
  const found = await client.query<{ there: boolean }>(
    "select to_regclass('sayso_releases') is not null as there",
  );
  if (found.rows[0]?.there !== true) return [];
  const { rows } = await client.query<Release>(
    "select number, version, definitions_sha256 as sha256 from sayso_releases order by number desc",
  );
  return rows;
}

/**
 * Compares the database's definitions with this code's. Releases aren't compared by their numbers: a release that was
 * here before with these definitions, and that another version followed, is the older one. A version that comes for the
 * first time is a newer one, even if it brings back an earlier text.
 */
export async function stateOfDefinitions(
  client: pg.Client,
  { files, sha256 }: Definitions,
  version: string,
): Promise<DefinitionsState> {
  const [newest, ...earlier] = await readReleases(client);
  if (newest === undefined) return files.length === 0 ? "current" : "stale";
  const isThis = (release: Release) => release.version === version && release.sha256 === sha256;
  if (isThis(newest)) return "current";
  return newest.version !== version && earlier.some(isThis) ? "older" : "stale";
}

/**
 * Applies the definitions whose text has changed, in one transaction of its own. A process of the release before goes
 * on beside it: a function is replaced between two of its calls, and this call tries again for locks that traffic
 * holds, so traffic waits for half a second at most. Drops a signature that neither this release nor the one before
 * has.
 *
 * @param client outside of a transaction
 * @throws PostgreSQL's error, with the file's name in front
 */
export async function applyDefinitions(
  client: pg.Client,
  definitions: Definitions,
  version: string,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await client.query(`begin; set local lock_timeout = '${LOCK_TIMEOUT}'`);
    try {
      await applyDefinitionsWithin(client, definitions, version);
      await client.query("commit");
      return;
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      if (attempt >= TRIES || !TRANSIENT.has(errorCode(error) ?? "")) throw error;
    }
  }
}

/** Applies the definitions as `applyDefinitions` does, in the transaction under way. */
export async function applyDefinitionsWithin(
  client: pg.Client,
  { files, sha256 }: Definitions,
  version: string,
): Promise<void> {
  // A function can call one that is applied after it.
  await client.query(
    "set local check_function_bodies = off; set local client_min_messages = warning",
  );
  const { rows } = await client.query<{ number: number }>(
    "insert into sayso_releases (version, definitions_sha256) values ($1, $2) returning number",
    [version, sha256],
  );
  const release = onlyRow(rows).number;
  const known = await client.query<{ file: string; sha256: string }>(
    "select file, sha256 from sayso_definitions",
  );
  const texts = new Set(known.rows.map((row) => `${row.file} ${row.sha256}`));
  // Some functions belong to sayso_system, which can own only functions that it can create.
  await client.query("grant create on schema public to sayso_system");
  for (const file of files)
    if (!texts.has(`${file.name} ${file.sha256}`)) await applyFile(client, file, release);
  await client.query("revoke create on schema public from sayso_system");
  await client.query(
    "update sayso_definitions d set release = $1 from unnest($2::text[], $3::text[]) as f (file, sha256) where (d.file, d.sha256) = (f.file, f.sha256)",
    [release, files.map(({ name }) => name), files.map((file) => file.sha256)],
  );
  await dropForgotten(client, version);
}

async function applyFile(client: pg.Client, { name, sql, sha256 }: SqlFile, release: number) {
  try {
    await client.query(sql);
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
  await client.query(
    `insert into sayso_definitions (signature, file, sha256, release)
     select coalesce(p.oid::regprocedure::text, $1), $1, $2, $3
     from (select) file left join pg_proc p
       on p.pronamespace = 'public'::regnamespace and p.proname = $4
         and p.xmin = pg_current_xact_id()::xid
     on conflict (signature) do update
     set file = excluded.file, sha256 = excluded.sha256, release = excluded.release`,
    [name, sha256, release, basename(name, ".sql")],
  );
}

/** Drops functions that neither this version nor the one before has. */
async function dropForgotten(client: pg.Client, version: string): Promise<void> {
  const releases = await readReleases(client);
  const before = releases.find((release) => release.version !== version)?.version;
  const kept = releases.filter((release) => [version, before].includes(release.version));
  const { rows } = await client.query<{ signature: string }>(
    "delete from sayso_definitions where release <> all ($1) returning signature",
    [kept.map(({ number }) => number)],
  );
  for (const { signature } of rows)
    if (signature.includes("(")) await client.query(`drop function if exists ${signature}`);
}
