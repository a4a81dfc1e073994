import type { PoolClient } from "pg";
import type { Role } from "../actors/actor.ts";
import type { RequestStatus, StepStatus } from "../state-machine/state.ts";
import type { JsonObject } from "../entities/merge-patch.ts";
import type { Via } from "../actors/via.ts";

export const changeActions = ["create", "update", "delete"] as const;
export type ChangeAction = (typeof changeActions)[number];

/**
 * What became of an approved change:
 * - `proposed`: nothing, it waits for its decision or was not approved
 * - `applying`: its applier was called and has yet to answer 2xx
 * - `applied`: the entity is what the change made of it
 * - `failed`: its applier didn't take it, the schedule is exhausted
 * - `abandoned`: an admin gave up on its applier
 */
export type ChangeState = "proposed" | "applying" | "applied" | "failed" | "abandoned";

/** One stage of a change's approval. */
export interface ChangeStage {
  id: string;
  name: string | null;
  role: Role | null;
  status: StepStatus;
  decidedBy: string | null;
  decidedAt: Date | null;
}

/** A request that changes an entity when it is approved, as people and machines read it. */
export interface Change {
  /** Also the request's. */
  id: string;
  entityType: string;
  entityId: string;
  entityName: string;
  action: ChangeAction;
  payload: JsonObject | null;
  /** The version of the entity that it was made for; 0: nothing was there. */
  madeForVersion: number;
  status: RequestStatus;
  state: ChangeState;
  /** From the approval on; what is told before is what may become of it. */
  before: JsonObject | null;
  after: JsonObject | null;
  /** The version that it made, or is about to make. */
  entityVersion: number | null;
  appliedAt: Date | null;
  /** A person or a connection. */
  requesterId: string | null;
  requesterName: string | null;
  approverId: string | null;
  approverName: string | null;
  /** Through what it was decided last. */
  decidedVia: Via | null;
  comments: string | null;
  decidedAt: Date | null;
  createdAt: Date;
  /** In the order in which they are decided. */
  stages: ChangeStage[];
  /** The last call of the applier, if there was any; null: none was made. */
  applier: { attempts: number; statusCode: number | null; error: string | null } | null;
}

/**
 * The changes of these ids, in the order of the ids; what is no change is left out.
 *
 * @param options.bodies false: `before` and `after`, which may be large, are null
 */
export async function readChanges(
  db: PoolClient,
  ids: readonly string[],
  options: { bodies: boolean } = { bodies: true },
): Promise<Change[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<Omit<Change, "stages" | "applier"> & Applier>(
    `select r.id, c.entity_type as "entityType", c.entity_id as "entityId", c.entity_name as "entityName", c.action,
       c.payload, c.made_for_version as "madeForVersion", r.status, c.state,
       case when $2 then c.before end as before, case when $2 then c.after end as after,
       c.entity_version as "entityVersion", c.applied_at as "appliedAt",
       coalesce(r.created_by, r.connection_id) as "requesterId", coalesce(cp.name, rc.name) as "requesterName",
       r.decided_by as "approverId", dp.name as "approverName", r.decided_via as "decidedVia", r.decision_comment as comments,
       r.decided_at as "decidedAt", r.created_at as "createdAt", d.attempts, d.last_status_code as "statusCode",
       d.last_error as error
     from unnest($1::uuid[]) with ordinality as wanted (id, place)
     join requests r on r.id = wanted.id and r.is_change
     join changes c on c.request_id = r.id
     left join people cp on cp.id = r.created_by
     left join connections rc on rc.id = r.connection_id
     left join people dp on dp.id = r.decided_by
     left join deliveries d on d.request_id = r.id and d.entity_type_id is not null
     order by wanted.place`,
    [ids, options.bodies],
  );
  const stages = await readStages(db, ids);
  return rows.map(({ attempts, statusCode, error, ...change }) => ({
    ...change,
    stages: stages.get(change.id) ?? [],
    applier: attempts === null ? null : { attempts, statusCode, error },
  }));
}

interface Applier {
  attempts: number | null;
  statusCode: number | null;
  error: string | null;
}

async function readStages(
  db: PoolClient,
  requestIds: readonly string[],
): Promise<Map<string, ChangeStage[]>> {
  const { rows } = await db.query<ChangeStage & { requestId: string }>(
    `select s.request_id as "requestId", s.id, s.name, s.assigned_role as role, s.status,
       s.decided_by as "decidedBy", s.decided_at as "decidedAt"
     from steps s where s.request_id = any ($1) order by s.step_order, s.id`,
    [requestIds],
  );
  const byRequest = Map.groupBy(rows, ({ requestId }) => requestId);
  return new Map(
    [...byRequest].map(([id, of]) => [id, of.map(({ requestId: _, ...stage }) => stage)]),
  );
}

/** What the events of a change tell of it. */
export const toldOf = (
  change: Pick<Change, "entityType" | "entityId" | "entityName" | "action">,
) => ({
  entity_type: change.entityType,
  entity_id: change.entityId,
  entity_name: change.entityName,
  action: change.action,
});
