import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { recordPeerVersion } from "./report.ts";

const run = promisify(execFile);

/** One pair of create and decide as two transactions of several statements, without Node. */
export type PgbenchScript = keyof typeof scripts;

const IDS =
  "'Deploy v2.4.0 to production', 'Release includes database migration', 'pending', 'high'";

/** `product`: in Sayso's own tables, with their indexes and row-level security. `bare`: see `bareTables`. */
const scripts = {
  product: `
begin;
insert into requests (id, organization_id, connection_id, title, description, status, priority, callback_url, required_approvals, event_sequence)
values (gen_random_uuid(), :organization, :connection, ${IDS}, 'http://127.0.0.1:9/none', 1, 1) returning id \\gset
insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
values (gen_random_uuid(), :organization, :id, 1, 'approval.created', 'connection', :connection, '{}');
commit;
begin;
select version from requests where organization_id = :organization and id = :id for update;
update requests set status = 'approved', decided_at = now(), decided_by = :person where organization_id = :organization and id = :id;
insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
values (gen_random_uuid(), :organization, :id, 2, 'approval.approved', 'connection', :connection, '{}');
insert into deliveries (id, organization_id, connection_id, request_id, event_id, event_type, url, origin, body)
values (gen_random_uuid(), :organization, :connection, :id, gen_random_uuid(), 'approval.decided', 'http://127.0.0.1:9/none', 'http://127.0.0.1:9', '{}');
commit;
`,
  bare: `
begin;
insert into bare_requests (id, organization_id, title, description, status, priority)
values (gen_random_uuid(), :organization, ${IDS}) returning id \\gset
insert into bare_events (organization_id, request_id, type, data) values (:organization, :id, 'approval.created', '{}');
commit;
begin;
select status from bare_requests where id = :id for update;
update bare_requests set status = 'approved', decided_at = now(), decided_by = :person where id = :id;
insert into bare_events (organization_id, request_id, type, data) values (:organization, :id, 'approval.approved', '{}');
insert into bare_deliveries (id, request_id, url, body) values (gen_random_uuid(), :id, 'http://127.0.0.1:9/none', '{}');
commit;
`,
};

/** The smallest schema for the same data: three tables, one key each, one index for a list and one for the outbox. */
export const bareTables = `
create table bare_requests (
  id uuid primary key, organization_id uuid not null, title text not null, description text not null,
  status text not null, priority text not null, created_at timestamptz not null default now(),
  decided_at timestamptz, decided_by uuid);
create index on bare_requests (organization_id, created_at);
create table bare_events (
  id bigint generated always as identity primary key, organization_id uuid not null, request_id uuid not null,
  type text not null, data jsonb not null, created_at timestamptz not null default now());
create table bare_deliveries (
  id uuid primary key, request_id uuid not null, url text not null, body text not null,
  status text not null default 'pending', next_attempt_at timestamptz not null default now());
create index on bare_deliveries (next_attempt_at) where status = 'pending';
grant all on bare_requests, bare_events, bare_deliveries to sayso_app`;

export interface PgbenchOptions {
  script: PgbenchScript;
  databaseUrl: string;
  organizationId: string;
  connectionId: string;
  personId: string;
  clients: number;
  seconds: number;
  /** The folder for its script. */
  folder: string;
}

/** Runs `pgbench`. @returns pairs per second; undefined if `pgbench` isn't installed */
export async function runPgbench(
  options: PgbenchOptions,
): Promise<{ perSecond: number } | undefined> {
  const { script, organizationId, connectionId, personId, clients, seconds, folder } = options;
  const file = join(folder, `${script}.pgbench`);
  await writeFile(file, scripts[script]);
  const variables = { organization: organizationId, connection: connectionId, person: personId };
  const args = [
    ...["--no-vacuum", "--protocol=prepared", `--client=${clients}`, `--file=${file}`],
    ...[`--jobs=${Math.min(2, clients)}`, `--time=${Math.max(1, Math.round(seconds))}`],
    ...Object.entries(variables).map(([name, value]) => `--define=${name}=${value}`),
    options.databaseUrl,
  ];
  const PGOPTIONS = `-c role=sayso_app -c sayso.organization_id=${organizationId}`;
  try {
    const { stdout } = await run("pgbench", args, { env: { ...process.env, PGOPTIONS } });
    const perSecond = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
    if (perSecond === undefined) throw new Error(`pgbench gave no figure:\n${stdout}`);
    recordPeerVersion("pgbench", /pgbench \(([\d.]+)/.exec(stdout)?.[1] ?? "unknown");
    return { perSecond: Number(perSecond) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  } finally {
    await rm(file, { force: true });
  }
}
