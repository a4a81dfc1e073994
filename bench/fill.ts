import type { Pool } from "pg";

const verbs = [
  "Deploy",
  "Delete",
  "Refund",
  "Publish",
  "Rotate",
  "Archive",
  "Approve",
  "Rename",
  "Pay",
  "Invite",
];
const things = [
  "production",
  "staging",
  "invoice",
  "account",
  "newsletter",
  "certificate",
  "database",
  "report",
  "contract",
  "server",
];

/**
 * Writes `count` requests into an organization with plain SQL, spread over the last year: one in a hundred is pending,
 * the rest are decided; priorities 40/35/20/5 %. Every title has one of 10 verbs, one of 10 things and a number of its
 * own. One description in 1,000 contains "urgent", and those of the oldest tenth contain "legacy". Totals and
 * statistics are as the product would have them.
 */
export async function fillRequests(
  system: Pool,
  organizationId: string,
  connectionId: string,
  count: number,
): Promise<void> {
  const client = await system.connect();
  try {
    await client.query("set statement_timeout = 0");
    const step = 50_000;
    for (let from = 0; from < count; from += step) {
      await client.query(
        `insert into requests (id, organization_id, connection_id, title, description, status, priority, action_type, source,
           source_id, metadata, required_approvals, event_sequence, created_at, decided_at)
         select gen_random_uuid(), $1, $2,
           ($3::text[])[1 + n % 10] || ' ' || ($4::text[])[1 + (n / 10) % 10] || ' #' || n,
           'Requested by workflow ' || n % 977 || case when n % 1000 = 0 then ', urgent' else '' end
             || case when n < $6::int8 / 10 then ', legacy' else '' end,
           case when n % 100 = 0 then 'pending' else (array['approved', 'approved', 'rejected', 'cancelled', 'expired'])[1 + n % 5] end,
           (array['low','low','low','low','low','low','low','low','medium','medium','medium','medium','medium','medium','medium',
                  'high','high','high','high','critical'])[1 + n % 20],
           'type.' || n % 40, 'bench', 'flow-' || n % 100, json_build_object('number', n), 1, 1,
           now() - make_interval(secs => ($6::int8 - n) * (31536000.0 / $6::int8)),
           case when n % 100 <> 0 then now() - make_interval(secs => ($6::int8 - n) * (31536000.0 / $6::int8)) + interval '1 hour' end
         from generate_series($5::int8, least($5::int8 + ${step}, $6::int8) - 1) n`,
        [organizationId, connectionId, verbs, things, from, count],
      );
      if (process.stdout.isTTY)
        process.stdout.write(`\r${Math.min(from + step, count).toLocaleString()} requests`);
    }
    await client.query(
      `insert into request_counts (organization_id, status, priority, shard, count)
       select organization_id, status, priority, 0, count(*) from requests where organization_id = $1 group by 1, 2, 3
       on conflict (organization_id, status, priority, shard) do update set count = excluded.count`,
      [organizationId],
    );
  } finally {
    client.release(true);
  }
}
