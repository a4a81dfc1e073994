import { onlyRow } from "../only-row.ts";
import type pg from "pg";

/** The effects of a restore beside the restored rows. */
export interface Settled {
  organizations: number;
  /** Sessions that ended: everybody signs in again. */
  sessionsEnded: number;
  /** Links for new passwords that ended, because a link that was used after the backup must not work again. */
  linksEnded: number;
  /** Callbacks, deliveries to subscriptions and mails that are held. */
  held: number;
  /** Events that had no place in the feed yet when the backup was made. */
  eventsPlaced: number;
  /** Totals and search entries that don't agree with their requests. They didn't agree in the original either. */
  disagreeing: string[];
}

/** The number of events without a place that are placed at a time. */
const PART = 1000;

/**
 * Makes a loaded and fully migrated database usable on this server, in the transaction under way: holds deliveries,
 * ends sessions and links for new passwords, and gives every event its place in the feed, with this server's
 * transaction ids.
 */
export async function settle(client: pg.Client): Promise<Settled> {
  await client.query("set local role sayso_system");
  await client.query(
    "insert into delivery_hold (reason) values ('restore') on conflict do nothing",
  );
  const sessions = await client.query("delete from sessions");
  const links = await client.query(
    `update one_time_links set expires_at = now()
     where used_at is null and expires_at > now() and purpose <> 'invitation'`,
  );
  await client.query("delete from oauth_interactions; delete from passkey_challenges");
  const eventsPlaced = await placeEvents(client);
  const { rows } = await client.query<{ organizations: number; held: number }>(
    `select (select count(*) from organizations)::int as organizations,
       ((select count(*) from deliveries where status = 'pending')
        + (select count(*) from mails where sent_at is null and failed_at is null and expires_at > now()))::int as held`,
  );
  const disagreeing = await compareDerived(client);
  await client.query("reset role");
  return {
    ...onlyRow(rows),
    sessionsEnded: sessions.rowCount ?? 0,
    linksEnded: links.rowCount ?? 0,
    eventsPlaced,
    disagreeing,
  };
}

/**
 * Gives events without a place their places. Transaction ids of the server that was backed up mean nothing here. All
 * copied events have the id 1, which every snapshot sees, so the sequencer takes them for placed. Those that have no
 * place yet get one now.
 */
async function placeEvents(client: pg.Client): Promise<number> {
  await client.query("select pg_advisory_xact_lock(368976, 4)");
  const { rows } = await client.query<{ organizationId: string; id: string }>(
    `select e.organization_id as "organizationId", e.id from events e where not exists (select from feed f where f.organization_id = e.organization_id and f.event_id = e.id) order by e.id`,
  );
  let placed = 0;
  for (let at = 0; at < rows.length; at += PART) {
    const part = rows.slice(at, at + PART);
    const added = await client.query<{ added: number }>(
      `select added from append_to_feed(with_predecessors(array(
         select row(e.organization_id, e.id)::row_key from unnest($1::uuid[], $2::uuid[]) as e (organization_id, id))), true)`,
      [part.map(({ organizationId }) => organizationId), part.map(({ id }) => id)],
    );
    placed += onlyRow(added.rows).added;
  }
  await client.query(
    `update feed_state set snapshot = pg_current_snapshot(), adopted_to = null,
       system_identifier = (select system_identifier::text from pg_control_system())`,
  );
  return placed;
}

/** Compares totals and search entries with the requests. */
async function compareDerived(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ counts: number; search: number }>(
    `select (
       select count(*)::int from (
         select organization_id, status, priority, sum(count) as n from request_counts group by 1, 2, 3 having sum(count) <> 0
       ) kept full join (
         select organization_id, status, priority, count(*) as n from requests group by 1, 2, 3
       ) real using (organization_id, status, priority)
       where kept.n is distinct from real.n
     ) as counts, (
       select count(*)::int from requests r full join request_search s on s.organization_id = r.organization_id and s.id = r.id
       where (r.organization_id, r.status, r.priority) is distinct from (s.organization_id, s.status, s.priority)
     ) as search`,
  );
  const { counts, search } = onlyRow(rows);
  return [
    ...(counts > 0 ? [`${counts} totals of requests`] : []),
    ...(search > 0 ? [`${search} search entries`] : []),
  ];
}
