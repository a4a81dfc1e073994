import { must } from "@sayso/must";
import type { TestServices } from "@sayso/testkit";

const CHUNK = 100_000;

/** Adds events with positions to the end of an empty feed, as rounds of the sequencer would. */
export async function fillFeed(
  services: TestServices,
  organizationId: string,
  count: number,
): Promise<void> {
  await services.sql("delete from feed where organization_id = $1", [organizationId]);
  await services.sql("delete from feed_heads where organization_id = $1", [organizationId]);
  for (let from = 1; from <= count; from += CHUNK) {
    await services.sql(
      `with added as (
         insert into events (id, organization_id, sequence, type, actor_kind, data, transaction_id)
         select gen_random_uuid(), $1, n, 'approval.commented', 'system', '{"comment_id":null,"body":"It is so"}', '1'
         from generate_series($2::int, $3::int) n returning id, sequence)
       insert into feed (organization_id, position, event_id, hash)
       select $1, sequence, id, sha256(id::text::bytea) from added`,
      [organizationId, from, Math.min(count, from + CHUNK - 1)],
    );
  }
  await services.sql(
    `insert into feed_heads select organization_id, position, hash from feed
     where organization_id = $1 and position = $2`,
    [organizationId, count],
  );
}

/** Returns the cursor after a position, as the API would (packages/core/src/events/event-cursor.ts). */
export async function cursorAt(
  services: TestServices,
  organizationId: string,
  position: number,
): Promise<string> {
  const [row] = await services.sql<{ hash: Buffer }>(
    "select hash from feed where organization_id = $1 and position = $2",
    [organizationId, position],
  );
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64BE(BigInt(position));
  must(row).hash.copy(bytes, 8, 0, 8);
  return bytes.toString("base64url");
}

/** Resolves when every event has its position. */
export async function untilOrdered(services: TestServices): Promise<void> {
  const behind = () =>
    services.sql(
      `select from feed_state s where exists (
         select from events where transaction_id >= pg_snapshot_xmax(s.snapshot))`,
    );
  while ((await behind()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
