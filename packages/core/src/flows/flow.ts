/** A reviewer: a person, or a team. */
export interface FlowReviewer {
  type: "user" | "team";
  id: string;
}

export interface FlowStep {
  /** The rule for approval. `any`: one of the reviewers is enough; `all`: each of them has to approve. */
  type: "any" | "all";
  reviewers: FlowReviewer[];
  /** The message that reviewers read. null: none. */
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

/** The steps by which changes of one kind of object are approved. */
export interface Flow {
  /** The flow's id. The default flow, which nobody made, has the organization's id. */
  id: string;
  organizationId: string;
  /** The id of a group of flows, as the caller chose it. Default: the organization's id. */
  workspaceId: string;
  /** The person who made the flow, or who owns the connection that did. null: the default flow. */
  ownerId: string | null;
  name: string;
  description: string;
  objectType: string;
  objectAction: ObjectAction;
  tags: Tag[];
  /** The steps in order. Empty: one approval by anybody who may approve is enough. */
  steps: FlowStep[];
  status: FlowStatus;
  createdAt: Date;
  updatedAt: Date;
}

/** The name of the default flow. Each organization has one: its runs are the requests that no flow began. */
const FLOW_OF_THE_REST = "Requests without a flow";

/** SQL that selects the organization's flows with the default flow. `$1` is the organization's id. */
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
