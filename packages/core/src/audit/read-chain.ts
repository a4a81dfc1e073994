import { onlyRow } from "@sayso/database";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import type { ChainedEvent } from "./entry-hash.ts";

/** The end of an organization's chain, as the database records it. */
export interface ChainHead {
  organizationId: string;
  size: number;
  root: Buffer;
  /** The time by the database's clock. */
  time: Date;
}

export async function readHeads(services: SystemPool): Promise<ChainHead[]> {
  const { rows } = await withRetries(() =>
    services.system.query<ChainHead>(
      `select organization_id as "organizationId", position as size, hash as root, clock_timestamp() as time
       from feed_heads order by organization_id`,
    ),
  );
  return rows;
}

/** Finds organizations whose chain has entries but no head. Both are always written together. */
export async function findHeadless(services: SystemPool): Promise<string[]> {
  const { rows } = await withRetries(() =>
    services.system.query<{ id: string }>(
      `select o.id from organizations o
       where not exists (select from feed_heads h where h.organization_id = o.id)
         and exists (select from feed f where f.organization_id = o.id)`,
    ),
  );
  return rows.map(({ id }) => id);
}

/** An entry with its event. Null: the event is gone. */
export interface ChainEntry {
  position: number;
  hash: Buffer;
  eventId: string;
  event: (ChainedEvent & { organizationId: string }) | null;
}

/** Returns the next entries after a position, in order. */
export async function readEntries(
  services: SystemPool,
  organizationId: string,
  after: number,
  limit: number,
): Promise<ChainEntry[]> {
  const { rows } = await withRetries(() =>
    services.system.query<EntryRow>({
      name: "read_chain",
      text: `select f.position, f.hash, f.event_id as "eventId", e.id, e.organization_id as "organizationId",
               e.request_id as "requestId", e.sequence, e.type, e.actor_kind as "actorKind", e.actor_id as "actorId",
               (extract(epoch from e.created_at) * 1000)::bigint as "createdAtMs", e.data::text as data
             from (select * from feed where organization_id = $1 and position > $2 order by position limit $3) f
             left join lateral (select * from events where events.organization_id = f.organization_id and events.id = f.event_id limit 1) e on true
             order by f.position`,
      values: [organizationId, after, limit],
    }),
  );
  return rows.map(({ position, hash, eventId, ...event }) => ({
    position,
    hash,
    eventId,
    event: event.id === null ? null : { ...event, id: event.id },
  }));
}

type EntryRow = Omit<ChainEntry, "event"> &
  Omit<NonNullable<ChainEntry["event"]>, "id"> & { id: string | null };

const PART = 5000;
const NIL = "00000000-0000-0000-0000-000000000000";

/**
 * Finds events without a position that existed when the sequencer last ran: somebody inserted them around the chain. An
 * event written since the last round only waits for its position.
 *
 * @returns the first of them by organization and id; null: none
 */
export async function findSmuggled(
  services: SystemPool,
): Promise<{ organizationId: string; eventId: string; type: string } | null> {
  let after = { organizationId: NIL, id: NIL };
  for (;;) {
    const { rows } = await withRetries(() =>
      services.system.query<{
        lastOrganizationId: string | null;
        lastId: string | null;
        organizationId: string | null;
        eventId: string | null;
        type: string | null;
      }>({
        name: "find_smuggled",
        text: `with part as materialized (
                 select id, organization_id, type, transaction_id from events
                 where (organization_id, id) > ($1, $2) order by organization_id, id limit $3
               ), smuggled as materialized (
                 select p.id, p.organization_id, p.type from part p, feed_state s
                 where pg_visible_in_snapshot(p.transaction_id, s.snapshot) and s.adopted_to is null
                   and not exists (select from feed f where f.organization_id = p.organization_id and f.event_id = p.id)
                 order by p.organization_id, p.id limit 1
               )
               select last.organization_id as "lastOrganizationId", last.id as "lastId", m.id as "eventId",
                 m.organization_id as "organizationId", m.type
               from (select) one left join smuggled m on true
               left join (select organization_id, id from part order by organization_id desc, id desc limit 1) last on true`,
        values: [after.organizationId, after.id, PART],
      }),
    );
    const { lastOrganizationId, lastId, organizationId, eventId, type } = onlyRow(rows);
    if (eventId !== null && organizationId !== null && type !== null)
      return { organizationId, eventId, type };
    if (lastOrganizationId === null || lastId === null) return null;
    after = { organizationId: lastOrganizationId, id: lastId };
  }
}
