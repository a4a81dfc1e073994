/** Who reviews: a person, or whoever is in a team when a run begins. */
export interface FlowReviewer {
  type: "user" | "team";
  id: string;
}

export interface FlowStep {
  /** `any`: one of the reviewers is enough; `all`: each of them has to approve. */
  type: "any" | "all";
  reviewers: FlowReviewer[];
  /** What reviewers are told; null: nothing. */
  message: string | null;
}

export interface Tag {
  key: string;
  value: string;
}

export const objectActions = ["create", "update", "delete"] as const;
export type ObjectAction = (typeof objectActions)[number];

export const flowStatuses = ["active", "deleted"] as const;
export type FlowStatus = (typeof flowStatuses)[number];

/** Who has to approve changes of one kind of object, and in which order. */
export interface Flow {
  /** The organization's own id for the flow that nobody made. */
  id: string;
  organizationId: string;
  /** The caller's own grouping; the organization where none was named. */
  workspaceId: string;
  /** The person who made it, or for whose connection it was made; null: nobody did. */
  ownerId: string | null;
  name: string;
  description: string;
  objectType: string;
  objectAction: ObjectAction;
  tags: Tag[];
  /** In order; none: one approval of anybody who may approve. */
  steps: FlowStep[];
  status: FlowStatus;
  createdAt: Date;
  updatedAt: Date;
}

/** The name of the flow, one in each organization, whose runs are the requests that no flow began. */
const FLOW_OF_THE_REST = "Requests without a flow";

/** The organization's flows, the one that nobody made included. `$1` is the organization's id. */
export const flowRows = `
  select id, organization_id, coalesce(workspace_id, organization_id) as workspace_id, owner_id, name, description,
    object_type, object_action, tags, steps, status, created_at, updated_at
  from flows where organization_id = $1
  union all
  select id, id, id, null, '${FLOW_OF_THE_REST}', 'Whatever was asked through another of Sayso''s APIs', 'request',
    'create', '[]'::jsonb, '[]'::json, 'active', created_at, created_at
  from organizations where id = $1`;

/** The select list of {@link Flow}. */
export const flowColumns = `
  f.id, f.organization_id as "organizationId", f.workspace_id as "workspaceId", f.owner_id as "ownerId", f.name,
  f.description, f.object_type as "objectType", f.object_action as "objectAction", f.tags, f.steps, f.status,
  f.created_at as "createdAt", f.updated_at as "updatedAt"`;
