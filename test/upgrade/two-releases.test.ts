import { must } from "@sayso/must";
import {
  createDatabase,
  createNextRelease,
  openServices,
  startReceiver,
  startServer,
  until,
} from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { expectKept, nothingYet, openCast, startLoad } from "../crash/load.ts";
import { expectAllSound } from "../request-history.ts";

const receiver = await startReceiver();
const next = await createNextRelease("9.0.0", {
  "migrations/9999_later.sql": `alter table requests add column later text;
    create table later_rows (organization_id uuid not null, id uuid not null, primary key (organization_id, id));`,
  // The newer release has another setting, another text, a new signature beside the old one, and lacks one function.
  "functions/requests/load_requests.sql": (text) =>
    text.replace("set enable_seqscan = off", "set enable_seqscan = off set enable_hashjoin = off"),
  "functions/requests/commit_transitions.sql": (text) =>
    text.replace("begin\n", "begin\n  perform pg_sleep(0.002);\n"),
  "functions/requests/append_request_event.sql": (text) =>
    text.replace("p_data json)", "p_data json, p_note text)"),
  "functions/feed/feed_position_at.sql": null,
  "triggers.sql": (text) => text.replace("change_in_search', 'after", "change_in_search', 'AFTER"),
  "access.sql": (text) =>
    `${text}
     select set_policy('votes', 'tenant', 'to sayso_app using ((organization_id = (select current_organization_id())) is true)');`,
});
afterAll(async () => {
  await next.remove();
  await receiver.stop();
});

test("a release takes over under load while the one before runs: no call is refused, nothing is lost", async () => {
  const database = await createDatabase();
  const old = await startServer({ database, replicas: 2 });
  const services = openServices(old);
  const acknowledged = nothingYet();
  let urls = old.replicas.map(({ url }) => url);
  let turn = 0;
  try {
    const cast = await openCast(services, old);
    const load = startLoad(() => must(urls[turn++ % urls.length]), cast, receiver, acknowledged);
    /** Resolves when the load has cast this many more votes. */
    const votes = async (more: number) => {
      const wanted = acknowledged.votes.length + more;
      await until(() => acknowledged.votes.length >= wanted, `${wanted} votes`);
    };
    await votes(50);
    const newer = await startServer({ database, bundle: next.bundle, replicas: 2 });
    try {
      // Both releases answer side by side.
      urls = [...urls, ...newer.replicas.map(({ url }) => url)];
      await votes(200);
      const [{ later }] = (await services.sql(
        "select exists (select from sayso_migrations where name = '9999_later.sql') as later",
      )) as [{ later: boolean }];
      expect(later).toBe(true);
      // A process of the older release starts once more, and doesn't change the newer one's functions.
      const again = await startServer({ database });
      urls = [...urls, again.url];
      await votes(100);
      urls = newer.replicas.map(({ url }) => url);
      await votes(50);
      await again.stop();
      await old.stop();
      await votes(100);
      await load.stop();
      expect({ surprises: load.surprises, unanswered: [...load.unanswered] }).toEqual({
        surprises: [],
        unanswered: [],
      });
      expect(load.refused).toBe(0);
      await expectKept(services, acknowledged);
      await expectAllSound(services);
      const { rows } = await services.system.query<{ signature: string }>(
        "select oid::regprocedure::text as signature from pg_proc where proname in ('append_request_event', 'feed_position_at') order by 1",
      );
      expect(rows.map(({ signature }) => signature)).toEqual([
        "append_request_event(uuid,uuid,text,text,uuid,json)",
        "append_request_event(uuid,uuid,text,text,uuid,json,text)",
        "feed_position_at(uuid,timestamp with time zone)",
      ]);
      const changed = await services.system.query(
        "select from pg_proc where proname = 'load_requests' and 'enable_hashjoin=off' = any (proconfig)",
      );
      expect(changed.rowCount).toBe(1);
    } finally {
      await newer.stop();
    }
  } finally {
    await services.close();
    await database.drop();
  }
});
