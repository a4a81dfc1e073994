import type { Transaction } from "../transactions/transaction.ts";
import type { Role } from "../actors/actor.ts";
import type { StepStatus } from "../state-machine/state.ts";
import type { RequestStatus } from "../requests/values.ts";
import type { JsonObject } from "../entities/merge-patch.ts";
import { nameActor, nameAsker, type AskerNames } from "../actors/name-actor.ts";
import type { Via } from "../actors/via.ts";

export const changeActions = ["create", "update", "delete"] as const;
export type ChangeAction = (typeof changeActions)[number];

/**
 * The progress of applying a change:
 * - `proposed`: not begun; the change waits for its decision, or was not approved
 * - `applying`: the applier's call is enqueued or made, and the applier has yet to answer 2xx
 * - `applied`: the entity has the version that the change made
 * - `failed`: the applier didn't answer 2xx in any attempt of the schedule
 * - `abandoned`: an admin gave up on the applier
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

/** A request that changes an entity when it is approved, as surfaces show it. */
export interface Change {
  /** The id of the change, which is also the request's. */
  id: string;
  entityType: string;
  entityId: string;
  entityName: string;
  action: ChangeAction;
  payload: JsonObject | null;
  /** The version of the entity that the change was made for. 0: the entity never existed. */
  madeForVersion: number;
  status: RequestStatus;
  state: ChangeState;
  /** The entity before the change, stored with the approval. null: not approved yet, or nothing was there. */
  before: JsonObject | null;
  /** The entity after the change, stored with the approval. null: not approved yet, or the change deletes it. */
  after: JsonObject | null;
  /** The version that the change made, or makes once its applier has answered. null: not approved yet. */
  entityVersion: number | null;
  appliedAt: Date | null;
  /** The id of a person or a connection. */
  requesterId: string | null;
  requesterName: string | null;
  /** The requester with the machine that asked (`nameActor`). */
  requesterFullName: string | null;
  approverId: string | null;
  approverName: string | null;
  /** The person who decided last, with the machine that acted (`nameActor`). */
  approverFullName: string | null;
  /** The means of the last decision: a session, a token, an app, a link, … null: there is no decision. */
  decidedVia: Via | null;
  comments: string | null;
  decidedAt: Date | null;
  createdAt: Date;
  /** The stages, in the order in which they are decided. */
  stages: ChangeStage[];
  /** The delivery that calls the applier. null: the change has none. */
  applier: { attempts: number; statusCode: number | null; error: string | null } | null;
}

/**
 * Returns the changes with these ids, in the order of the ids. An id of no change is left out.
 *
 * @param options.bodies false: `before` and `after`, which can be large, are null
 */
export async function readChanges(
  db: Transaction,
  ids: readonly string[],
  options: { bodies: boolean } = { bodies: true },
): Promise<Change[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<
    Omit<Change, "stages" | "applier" | NamedInFull> & Applier & AskerNames
  >(
    `select r.id, c.entity_type as "entityType", c.entity_id as "entityId", c.entity_name as "entityName", c.action,
       c.payload, c.made_for_version as "madeForVersion", r.status, c.state,
       case when $2 then c.before end as before, case when $2 then c.after end as after,
       c.entity_version as "entityVersion", c.applied_at as "appliedAt",
       coalesce(r.created_by, r.connection_id) as "requesterId", coalesce(cp.name, rc.name) as "requesterName",
       r.created_by as "createdBy", cp.name as "createdByName", rc.name as "connectionName",
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
  return rows.map(
    ({ attempts, statusCode, error, createdBy, createdByName, connectionName, ...change }) => ({
      ...change,
      requesterFullName: nameAsker({ createdBy, createdByName, connectionName }),
      approverFullName: nameActor({ person: change.approverName, via: change.decidedVia }),
      stages: stages.get(change.id) ?? [],
      applier: attempts === null ? null : { attempts, statusCode, error },
    }),
  );
}

type NamedInFull = "requesterFullName" | "approverFullName";

interface Applier {
  attempts: number | null;
  statusCode: number | null;
  error: string | null;
}

async function readStages(
  db: Transaction,
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

/** The fields of a change that its events hold. */
export const describeChange = (
  change: Pick<Change, "entityType" | "entityId" | "entityName" | "action">,
) => ({
  entity_type: change.entityType,
  entity_id: change.entityId,
  entity_name: change.entityName,
  action: change.action,
});
