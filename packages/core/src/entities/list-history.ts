import { lengthOf, PAGE_BYTES_MAX } from "../lists/budgets.ts";
import { nameActor, type ActorNames } from "../actors/name-actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import type { JsonObject } from "./merge-patch.ts";

/** One change of an entity, with its entry in the audit trail. */
export interface HistoryEntry {
  /** The event's id. */
  id: string;
  /** The id of the change. null: the entity was written without one. */
  requestId: string | null;
  action: "create" | "update" | "delete";
  entityType: string;
  entityId: string;
  entityName: string;
  entityVersion: number;
  /** The entity before the change. null: it didn't exist, or the entry is {@link isLeftOut}. */
  before: JsonObject | null;
  /** The entity after the change. null: the change deleted it, or the entry is {@link isLeftOut}. */
  after: JsonObject | null;
  /** True: both sides are left out, because the page is long enough already. A page of fewer entries has them. */
  isLeftOut: boolean;
  actorKind: "person" | "connection" | "system";
  actorId: string | null;
  actorName: string | null;
  /** The actor with the machine that acted (`nameActor`). */
  actorFullName: string | null;
  createdAt: Date;
  /**
   * The hash in the organization's chain of events (packages/core/src/audit/entry-hash.ts), over all events up to this
   * one, in hex. null: the event has no position in the feed yet.
   */
  integrityHash: string | null;
  /** The hash of the event before in the chain, in hex. null: the event has no position in the feed yet. */
  previousHash: string | null;
}

export interface HistoryPage {
  entries: HistoryEntry[];
  /** The number of entries. Counting ends at 10,000. */
  total: number;
}

const COUNTED_MAX = 10_000;

/**
 * Lists the changes of entities, newest first.
 *
 * @param page from 1
 * @param limit 1–100
 * @throws DomainError `forbidden`: only an admin may
 */
export function listHistory(
  context: Context<InOrganization>,
  filter: { entityType?: string; entityId?: string },
  page: number,
  limit: number,
): Promise<HistoryPage> {
  requireAdmin(context.actor, "read the audit trail");
  const of = `organization_id = $1 and ($2::text is null or entity_type = $2) and ($3::text is null or entity_id = $3)`;
  const values = [context.organizationId, filter.entityType ?? null, filter.entityId ?? null];
  return inOrganization(
    context,
    async (db) => {
      const counted = await db.query<{ total: number }>(
        `select count(*) as total from (select from entity_history where ${of} limit ${COUNTED_MAX}) counted`,
        values,
      );
      const { rows } = await db.query<
        Omit<HistoryEntry, "actorName" | "actorFullName"> & ActorNames
      >(
        `select e.id, e.request_id as "requestId", e.data ->> 'action' as action, h.entity_type as "entityType",
           h.entity_id as "entityId", e.data ->> 'entity_name' as "entityName", h.version as "entityVersion",
           case when sum(${lengthOf("e.data")}) over newest <= $6 then e.data -> 'before' end as before,
           case when sum(${lengthOf("e.data")}) over newest <= $6 then e.data -> 'after' end as after,
           sum(${lengthOf("e.data")}) over newest > $6 as "isLeftOut", e.actor_kind as "actorKind",
           e.actor_id as "actorId", p.name as person, c.name as connection, e.data -> 'via' as via, e.created_at as "createdAt",
           encode(f.hash, 'hex') as "integrityHash",
           case when f.position = 1 then encode(convert_to(f.organization_id::text, 'UTF8'), 'hex') else encode(previous.hash, 'hex') end as "previousHash"
         from (select * from entity_history where ${of} order by recorded_at desc, event_id desc limit $4 offset $5) h
         join events e on e.id = h.event_id
         left join feed f on f.event_id = e.id
         left join feed previous on previous.organization_id = f.organization_id and previous.position = f.position - 1
         left join connections c on e.actor_kind = 'connection' and c.id = e.actor_id
         left join people p on p.id = case e.actor_kind when 'person' then e.actor_id else c.owner_id end
         window newest as (order by h.recorded_at desc, h.event_id desc)
         order by h.recorded_at desc, h.event_id desc`,
        [...values, limit, (page - 1) * limit, PAGE_BYTES_MAX],
      );
      const entries = rows.map(({ person, connection = null, via, ...entry }) => ({
        ...entry,
        actorName: connection ?? person,
        actorFullName: nameActor({ person, connection, via }),
      }));
      return { entries, total: counted.rows[0]?.total ?? 0 };
    },
    { oneSnapshot: true },
  );
}
