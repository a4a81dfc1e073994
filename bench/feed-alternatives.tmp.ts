import { openTestCluster, createDatabase, openServices, createOrganization } from "@sayso/testkit";
import { openStraightSql } from "./straight-sql.ts";
import { percentile, repeat } from "./measure.ts";
const cluster = await openTestCluster();
const seconds = Number(process.env.S ?? 4), rounds = Number(process.env.R ?? 4), at = Number(process.env.C ?? 32);
const off = "drop index events_transaction; alter table events alter column transaction_id set default '1';";
const setups: Record<string, string> = {
  "none (as before: index for lists)": off + "create index events_organization on events (organization_id, created_at desc, id desc)",
  "none, without that index": off,
  "ours, no rounds": "", ours: "",
  queue: off + `create table feed_queue (n bigint generated always as identity primary key, event_id uuid not null);
    grant all on feed_queue to sayso_app, sayso_system;
    create function enqueue() returns trigger language plpgsql as $$ begin insert into feed_queue (event_id) select id from added; return null; end $$;
    create trigger t after insert on events referencing new table as added for each statement execute function enqueue();
    create function work_queue() returns int language plpgsql set enable_seqscan = off as $$ declare ids uuid[]; begin
      if not pg_try_advisory_xact_lock(1, 1) then return 0; end if;
      with gone as (delete from feed_queue where n in (select n from feed_queue order by n limit 2000) returning event_id) select array_agg(event_id) into ids from gone;
      if ids is not null then perform append_to_feed(ids, false); end if; return coalesce(cardinality(ids), 0); end $$`,
  counter: off + `create table org_counter (organization_id uuid primary key, n bigint not null) with (fillfactor = 50);
    grant all on org_counter to sayso_app, sayso_system;
    create function count_up() returns trigger language plpgsql as $$ begin
      insert into org_counter as c select organization_id, count(*) from added group by 1 on conflict (organization_id) do update set n = c.n + excluded.n; return null; end $$;
    create trigger t after insert on events referencing new table as added for each statement execute function count_up();`,
};
const lanes: any[] = [];
for (const kind of Object.keys(setups)) {
  const database = await createDatabase();
  const services = openServices({ databaseUrl: database.url, url: "http://x" });
  const organization = await createOrganization(services, { url: "http://x" });
  const machine = await organization.addConnection();
  if (setups[kind]) await services.sql(setups[kind]!);
  const straight = openStraightSql({ databaseUrl: database.url, organizationId: organization.id, connectionId: machine.id, personId: organization.owner.id, connections: at });
  lanes.push({ kind, services, straight, results: [] });
}
for (let r = 0; r < rounds; r++) for (const lane of lanes) {
  let over = false;
  const text = lane.kind === "ours" ? "select added from sequence_events(2000)" : lane.kind === "queue" ? "select work_queue() as added" : null;
  const loop = (async () => { if (!text) return; while (!over) { await lane.services.system.query({ name: text, text }); await new Promise((d) => setTimeout(d, 20)); } })();
  const { perSecond } = await repeat(at, seconds, () => lane.straight.pairByFunctions());
  over = true; await loop;
  lane.results.push(perSecond);
}
const base = percentile(lanes[0].results, 0.5);
for (const lane of lanes) { const m = percentile(lane.results, 0.5); console.log(lane.kind.padEnd(36), m.toFixed(0), (m / base).toFixed(2), lane.results.map((x: number) => x.toFixed(0)).join(" ")); await lane.straight.close(); await lane.services.close(); }
await cluster.close();
