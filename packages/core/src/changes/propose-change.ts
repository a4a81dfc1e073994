import type { PoolClient } from "pg";
import { connectionOf, personBehind, type Actor, type Role } from "../actors/actor.ts";
import { checkConnectionLimits, findIdempotent, toRequestWrite } from "../asking/create.ts";
import { hashBody } from "../asking/idempotency.ts";
import { emergencyStopActive } from "../approvals/perform.ts";
import { newStep, type ApprovalPlan } from "../asking/plan.ts";
import { withFirstStepsActive } from "../state-machine/rearrange.ts";
import type { RequestEvent } from "../state-machine/state.ts";
import { priorities, type Priority } from "../priority.ts";
import type { RequestWrite, StoreOutcome } from "../asking/store-request.ts";
import type { Context } from "../context.ts";
import type { Failpoints, InOrganization, NewIds, Secrets } from "../capabilities.ts";
import { requireEntityType } from "../entities/entity-type.ts";
import type { Standing } from "../entities/entity.ts";
import type { JsonObject } from "../entities/merge-patch.ts";
import { DomainError, invalidInput, notFound } from "../errors.ts";
import { noteEvents } from "../transactions/written.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireCurrent, requirePossible } from "./apply-change.ts";
import { toldOf, type Change } from "./change.ts";
import { getChange } from "./list-changes.ts";
import { targetOf, type Proposal } from "./target.ts";

export interface ProposeChangeInput extends Omit<Proposal, "payload"> {
  /** What people are to call the entity; a goal keeps its own name, and so does what is deleted. */
  entityName: string;
  /** The body of a create, the merge patch (RFC 7396) of an update. */
  payload?: Record<string, unknown>;
  /** What the change was made for, if somebody looked; absent: what is there now. */
  entityVersion?: number;
  /** Who approves, one after the other; default: an admin. */
  stages?: { name: string; role: Role }[];
  callbackUrl?: string;
  idempotencyKey?: string;
  /**
   * Of a goal: the caller's own pending change of the same, for the same version, is given back instead of asking for it
   * again.
   */
  oncePending?: boolean;
}

export interface ProposedChange {
  change: Change;
  /** False when this idempotency key had already made it, or `oncePending` found it. */
  isNew: boolean;
  /** What is likely not meant, although it is allowed. */
  warnings: { field: string; message: string }[];
}

/**
 * Asks people to approve a change of an entity, which is applied in the transaction of the last approval. It is made
 * for one version of the entity, and can be approved only while that is current. A change is a request like any other,
 * to be seen and decided on every surface; whoever asked for it never decides it.
 *
 * @param body the body as the caller sent it, for comparing idempotent calls
 * @throws DomainError `validation_failed` (unknown type, a payload that can't be applied), `conflict` (another version
 *   is there, it is there already, an applier is at it, the idempotency key was used), `not_found` (nothing to delete),
 *   `forbidden` (the connection's limits), `emergency_stop`
 */
export async function proposeChange(
  context: Context<InOrganization & Secrets & NewIds & Failpoints>,
  input: ProposeChangeInput,
  body: unknown = input,
): Promise<ProposedChange> {
  const hash = input.idempotencyKey === undefined ? null : hashBody(body);
  const stages = input.stages ?? [{ name: "Approval", role: "admin" as const }];
  const stored = await store(context, input, stages, hash).catch(async (error: unknown) => {
    // What was made before stays made, even if it could not be made now.
    const isRefused = error instanceof DomainError && error.code !== "unavailable";
    const earlier = isRefused && (await findIdempotent(context, input.idempotencyKey, hash));
    if (!earlier) throw error;
    return { outcome: "exists" as const, id: earlier.id };
  });
  if (stored.outcome === "exists") {
    const id = stored.id ?? (await findIdempotent(context, input.idempotencyKey, hash))?.id;
    if (id === undefined) throw notFound("Change");
    return { change: await getChange(context, id), isNew: false, warnings: [] };
  }
  context.services.reach("after_create");
  return {
    change: await getChange(context, stored.id),
    isNew: true,
    warnings: await warnAboutStages(context, stages),
  };
}

type Stages = NonNullable<ProposeChangeInput["stages"]>;

async function store(
  context: Context<InOrganization & Secrets & NewIds>,
  input: ProposeChangeInput,
  stages: Stages,
  hash: Buffer | null,
): Promise<{ outcome: "created"; id: string } | { outcome: "exists"; id?: string }> {
  const proposal: Proposal = { ...input, payload: input.payload ?? null };
  const { entityType, entityId, action, payload } = proposal;
  return inOrganization(
    context,
    async (db) => {
      const type = await requireEntityType(db, entityType);
      if (type.kind === "goal") requireAdminStage(stages);
      const target = targetOf(type);
      const standing = await target.read(db, context, proposal);
      const madeForVersion = input.entityVersion ?? standing.version;
      requireCurrent({ ...proposal, madeForVersion }, standing);
      requirePossible(proposal, standing);
      await target.preview(db, context, proposal, standing);
      if (type.kind === "goal" && input.oncePending) {
        const id = await findPending(db, context, { ...proposal, madeForVersion });
        if (id !== null) return { outcome: "exists", id };
      }

      const isRenamed = type.kind !== "goal" && action !== "delete";
      const entityName = isRenamed ? input.entityName : (standing.name ?? input.entityName);
      const write = toWrite(
        context,
        { ...input, entityName },
        { stages, madeForVersion, hash, standing },
      );
      noteEvents(db);
      const { rows } = await db.query<{ outcome: StoreOutcome["outcome"] }>({
        name: "create_requests",
        text: "select request_id, outcome, created_at, auto_action_at from create_requests($1, $2, $3)",
        values: [context.organizationId, JSON.stringify([write]), true],
      });
      const outcome = rows[0]?.outcome ?? "stopped";
      if (outcome === "stopped") throw emergencyStopActive();
      if (outcome !== "created") return { outcome: "exists" };
      await db.query("update requests set is_change = true where id = $1", [write.id]);
      await db.query(
        `insert into changes (request_id, organization_id, entity_type, entity_id, entity_name, action, payload, made_for_version)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          write.id,
          context.organizationId,
          entityType,
          entityId,
          entityName,
          action,
          payload,
          madeForVersion,
        ],
      );
      return { outcome, id: write.id };
    },
    { seesEvery: true },
  );
}

/** The caller's change that already asks for this; the goal is locked, so nobody is asking at this moment. */
async function findPending(
  db: PoolClient,
  { organizationId, actor }: Context,
  wanted: Proposal & { madeForVersion: number },
): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(
    `select r.id from changes c join requests r on r.id = c.request_id
     where c.organization_id = $1 and c.entity_type = $2 and c.entity_id = $3 and c.made_for_version = $4
       and c.action = $5 and r.status = 'pending'
       and r.connection_id is not distinct from $6 and r.created_by is not distinct from $7
       and c.payload::jsonb = $8::jsonb
     order by r.id limit 1`,
    [
      organizationId,
      wanted.entityType,
      wanted.entityId,
      wanted.madeForVersion,
      wanted.action,
      connectionOf(actor)?.connectionId ?? null,
      actor.kind === "person" ? actor.personId : null,
      JSON.stringify(wanted.payload),
    ],
  );
  return rows[0]?.id ?? null;
}

const verbs = { create: "Create", update: "Update", delete: "Delete" } as const;

/** The change as a request: what people read of it on every surface. */
function toWrite(
  context: Context<Secrets & NewIds>,
  input: ProposeChangeInput,
  facts: {
    stages: Stages;
    madeForVersion: number;
    hash: Buffer | null;
    standing: Standing;
  },
): RequestWrite {
  const { entityType, entityId, entityName, action, payload } = input;
  const priority = priorityOf(context.actor);
  const actionType = `change.${action}`;
  checkConnectionLimits(context.actor, priority, actionType);
  const made =
    facts.madeForVersion === 0
      ? "Nothing is registered of it yet."
      : `It is at version ${facts.madeForVersion}.`;
  // People read what the entity is called where it stands, and are told what it would be called instead.
  const { name, body } = facts.standing;
  const called = body === null || name === null ? entityName : name;
  const renamed = called === entityName ? "" : ` It would be called “${entityName}”.`;
  const metadata = {
    entityType,
    entityId,
    entityName,
    action,
    entityVersion: facts.madeForVersion,
    before: touchedBy(input, body),
    payload: payload ?? null,
  };
  return toRequestWrite(
    context,
    {
      actionType,
      source: "changes",
      metadata,
      isSequential: true,
      callbackUrl: input.callbackUrl,
      idempotencyKey: input.idempotencyKey,
    },
    {
      title: `${verbs[action]} ${entityType} ${called}`,
      description: `${verbs[action]} ${entityType} ${entityId}. ${made}${renamed} What is in the metadata is applied with the last approval.`,
      priority,
    },
    planOf(context, input, facts.stages),
    facts.hash,
  );
}

/** What is there now of what the change touches, so that who decides sees both. */
function touchedBy(
  { action, payload = {} }: ProposeChangeInput,
  body: JsonObject | null,
): JsonObject | null {
  if (body === null || action !== "update") return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(payload, name)));
}

/**
 * Goals are under control so that an admin looks at changes: whoever proposes one can't choose somebody else instead.
 *
 * @throws DomainError `validation_failed`
 */
function requireAdminStage(stages: Stages): void {
  if (stages.some(({ role }) => role !== "member")) return;
  throw invalidInput({ field: "stages", message: "stages must include an admin's for goals" });
}

/** Nobody is asked for a priority: it is the connection's own, or as high as it may be, medium at most. */
function priorityOf(actor: Actor): Priority {
  const { defaultPriority, maxPriority } = connectionOf(actor) ?? {};
  if (defaultPriority) return defaultPriority;
  return maxPriority && priorities.indexOf(maxPriority) < priorities.indexOf("medium")
    ? maxPriority
    : "medium";
}

function planOf(context: Context<NewIds>, input: ProposeChangeInput, stages: Stages): ApprovalPlan {
  const steps = withFirstStepsActive(
    stages.map(({ name, role }, i) =>
      newStep(context.services.newId(), i + 1, { name, assignedRole: role }),
    ),
    true,
  );
  const events: RequestEvent[] = [
    {
      type: "approval.created",
      data: { required_approvals: steps.length, change: toldOf(input) },
    },
    ...steps
      .filter((step) => step.status === "active")
      .map((step): RequestEvent => ({
        type: "approval.step_activated",
        data: { step_id: step.id },
      })),
  ];
  return {
    requiredApprovals: steps.length,
    requiredSteps: steps.length,
    steps,
    warnings: [],
    events,
  };
}

/** A stage that nobody but the requester could approve waits for ever, unless somebody is invited. */
async function warnAboutStages(
  context: Context<InOrganization>,
  stages: Stages,
): Promise<ProposedChange["warnings"]> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<{ role: Role }>(
      `select distinct m.role from memberships m join people p on p.id = m.person_id
       where m.can_approve and p.disabled_at is null and m.person_id is distinct from $1`,
      [personBehind(context.actor)],
    ),
  );
  const rank = { member: 0, admin: 1, owner: 2 } as const;
  const highest = Math.max(-1, ...rows.map(({ role }) => rank[role]));
  return stages
    .filter(({ role }) => rank[role] > highest)
    .map(({ name, role }) => ({
      field: "stages",
      message: `Nobody but you could approve the stage ${name}, and nobody approves their own change: invite another ${role}, or this can't be approved`,
    }));
}
