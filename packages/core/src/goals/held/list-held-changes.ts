import { nameAsker, type AskerNames } from "../../actors/name-actor.ts";
import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import type { GoalEntityType } from "../../entities/goal-entity.ts";

/** A change of a goal that waits for an approval. */
export interface WaitingGoalChange {
  /** The id of the change, which is also the request's. */
  id: string;
  entityType: GoalEntityType;
  entityId: string;
  entityName: string;
  /** The merge patch (RFC 7396) that is applied with the last approval. */
  patch: Readonly<Record<string, unknown>>;
  /** The id of the asker: a person or a connection. */
  requesterId: string | null;
  requesterName: string | null;
  /** The asker with the machine that asked (`nameActor`). */
  requesterFullName: string | null;
  createdAt: Date;
}

const CHANGES_MAX = 200;

/**
 * Lists the changes of goals that wait for an approval, newest first, at most 200.
 *
 * @param filter.goalId lists only changes of this objective and its key results, or of this KPI
 * @throws DomainError `not_found`: there is no such objective or KPI
 */
export async function listHeldChanges(
  context: Context<InOrganization>,
  filter: { goalId?: string } = {},
): Promise<WaitingGoalChange[]> {
  const { goalId } = filter;
  if (goalId !== undefined && !isUuid(goalId)) throw notFound("Goal");
  return inOrganization(
    context,
    async (db) => {
      const { rows } = await db.query<Omit<WaitingGoalChange, "requesterFullName"> & AskerNames>(
        `select r.id, c.entity_type as "entityType", c.entity_id as "entityId", c.entity_name as "entityName",
           c.payload as patch, coalesce(r.created_by, r.connection_id) as "requesterId",
           coalesce(asker.name, machine.name) as "requesterName", r.created_by as "createdBy",
           asker.name as "createdByName", machine.name as "connectionName", r.created_at as "createdAt"
         from changes c
         join requests r on r.id = c.request_id and r.status = 'pending'
         left join people asker on asker.id = r.created_by
         left join connections machine on machine.id = r.connection_id
         where c.organization_id = $1 and c.entity_type in ('objective', 'keyResult', 'kpi') and c.state = 'proposed'
           and ($2::uuid is null or lower(c.entity_id) = any (
             select $2::text union all select k.id::text from key_results k where k.objective_id = $2))
         order by c.request_id desc limit $3`,
        [context.organizationId, goalId ?? null, CHANGES_MAX],
      );
      if (goalId !== undefined && rows.length === 0) {
        const found = await db.query(
          `select from objectives where id = $1 and archived_at is null
           union all select from kpis where id = $1 and archived_at is null`,
          [goalId],
        );
        if (found.rowCount === 0) throw notFound("Goal");
      }
      return rows.map(({ createdBy, createdByName, connectionName, ...change }) => ({
        ...change,
        requesterFullName: nameAsker({ createdBy, createdByName, connectionName }),
      }));
    },
    { oneSnapshot: true },
  );
}
