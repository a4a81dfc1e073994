import type { Transaction } from "../transactions/transaction.ts";
import { connectionOf, personBehind, type Actor, type Role } from "../actors/actor.ts";
import { checkConnectionLimits, toNewRequest } from "../asking/create.ts";
import { orEarlier } from "../asking/earlier-request.ts";
import { hashBody } from "../asking/idempotency.ts";
import { emergencyStopActive } from "../approvals/perform.ts";
import { newStep, type ApprovalPlan } from "../asking/plan.ts";
import { withFirstStepsActive } from "../state-machine/rearrange.ts";
import type { RequestEvent } from "../state-machine/state.ts";
import { priorities, type Priority } from "../priority.ts";
import { storeRequests, type NewRequest } from "../asking/store-request.ts";
import type { Context } from "../context.ts";
import type {
  Failpoints,
  InOrganization,
  NewIds,
  PublicAddress,
  Secrets,
} from "../capabilities.ts";
import { requireEntityType } from "../entities/entity-type.ts";
import type { Standing } from "../entities/entity.ts";
import type { JsonObject } from "../entities/merge-patch.ts";
import { invalidInput } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireCurrent, requirePossible } from "./apply-change.ts";
import { describeChange, type Change } from "./change.ts";
import { getChange } from "./list-changes.ts";
import { targetOf, type Proposal } from "./target.ts";

export interface ProposeChangeInput extends Omit<Proposal, "payload"> {
  /** The entity's name for people. A goal keeps its own name, and so does an entity that is deleted. */
  entityName: string;
  /** The body of a create, or the merge patch (RFC 7396) of an update. */
  payload?: Record<string, unknown>;
  /** The version that the change is made for, if the caller read it. Absent: the current version. */
  entityVersion?: number;
  /** The roles that approve, one after the other. Default: an admin. */
  stages?: { name: string; role: Role }[];
  callbackUrl?: string;
  idempotencyKey?: string;
  /**
   * Only for goals. True: if the caller already has a pending change with the same content for the same version, that
   * change is returned, and nobody is asked again.
   */
  oncePending?: boolean;
}

/** The result of proposing a change. */
export interface ProposedChange {
  change: Change;
  /** False: an earlier call with this idempotency key made the change, or `oncePending` found it. */
  isNew: boolean;
  /** Warnings about input that is allowed, but is likely a mistake. */
  warnings: { field: string; message: string }[];
}

/**
 * Asks people to approve a change of an entity. The change is applied in the transaction of the last approval. It is
 * made for one version of the entity, and can be approved only while that version is current. A change is a request
 * like any other: every surface shows it and can decide it. Its asker never decides it.
 *
 * @param body the body as the caller sent it, to compare calls with the same idempotency key
 * @throws DomainError `validation_failed` (unknown type, or a payload that can't be applied), `conflict` (the entity is
 *   at another version, it exists already, an applier is at it, or the idempotency key was used for another body),
 *   `not_found` (nothing to delete), `forbidden` (the connection's limits), `emergency_stop`
 */
export async function proposeChange(
  context: Context<InOrganization & PublicAddress & Secrets & NewIds & Failpoints>,
  input: ProposeChangeInput,
  body: unknown = input,
): Promise<ProposedChange> {
  const hash = input.idempotencyKey === undefined ? null : hashBody(body);
  const stages = input.stages ?? [{ name: "Approval", role: "admin" as const }];
  const stored = await orEarlier(context, { key: input.idempotencyKey, hash }, () =>
    store(context, input, stages, hash),
  );
  const id = "earlier" in stored ? stored.earlier.id : stored.id;
  if ("earlier" in stored || !stored.isNew)
    return { change: await getChange(context, id), isNew: false, warnings: [] };
  context.services.reach("after_create");
  return {
    change: await getChange(context, id),
    isNew: true,
    warnings: await warnAboutStages(context, stages),
  };
}

type Stages = NonNullable<ProposeChangeInput["stages"]>;

/** Stores a change, or finds the pending one. Null: its idempotency key was used before. */
async function store(
  context: Context<InOrganization & Secrets & NewIds>,
  input: ProposeChangeInput,
  stages: Stages,
  hash: Buffer | null,
): Promise<{ id: string; isNew: boolean } | null> {
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
        if (id !== null) return { id, isNew: false };
      }

      const isRenamed = type.kind !== "goal" && action !== "delete";
      const entityName = isRenamed ? input.entityName : (standing.name ?? input.entityName);
      const request = toRequest(
        context,
        { ...input, entityName },
        { stages, madeForVersion, hash, standing },
      );
      db.noteEvents();
      const [stored] = await storeRequests(db, context.organizationId, [request]);
      if (stored?.outcome === "exists") return null;
      if (stored?.outcome !== "created") throw emergencyStopActive();
      await db.query(
        `insert into changes (request_id, organization_id, entity_type, entity_id, entity_name, action, payload, made_for_version)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          request.row.id,
          context.organizationId,
          entityType,
          entityId,
          entityName,
          action,
          payload,
          madeForVersion,
        ],
      );
      return { id: request.row.id, isNew: true };
    },
    { seesEvery: true },
  );
}

/** Finds the caller's pending change that asks for the same. The goal is locked, so no other call proposes it now. */
async function findPending(
  db: Transaction,
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

/** Builds the request that asks for the change, with the text that people read on every surface. */
function toRequest(
  context: Context<Secrets & NewIds>,
  input: ProposeChangeInput,
  facts: {
    stages: Stages;
    madeForVersion: number;
    hash: Buffer | null;
    standing: Standing;
  },
): NewRequest {
  const { entityType, entityId, entityName, action, payload } = input;
  const priority = priorityOf(context.actor);
  const actionType = `change.${action}`;
  checkConnectionLimits(context.actor, priority, actionType);
  const made =
    facts.madeForVersion === 0
      ? "Nothing is registered of it yet."
      : `It is at version ${facts.madeForVersion}.`;
  // The title shows the entity's present name, which people know; the description adds the new one.
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
  const request = toNewRequest(
    context,
    {
      actionType,
      source: "changes",
      metadata,
      isSequential: true,
      callbackUrl: input.callbackUrl,
      idempotencyKey: input.idempotencyKey,
      title: `${verbs[action]} ${entityType} ${called}`,
      description: `${verbs[action]} ${entityType} ${entityId}. ${made}${renamed} What is in the metadata is applied with the last approval.`,
      priority,
    },
    planOf(context, input, facts.stages),
    facts.hash,
  );
  return { ...request, row: { ...request.row, isChange: true } };
}

/** Returns the present values that the change touches, so that an approver sees both sides. */
function touchedBy(
  { action, payload = {} }: ProposeChangeInput,
  body: JsonObject | null,
): JsonObject | null {
  if (body === null || action !== "update") return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(payload, name)));
}

/**
 * Refuses a change of a goal that no admin would approve. Goals are guarded so that an admin looks at each change, so
 * the asker can't choose other approvers instead.
 *
 * @throws DomainError `validation_failed`
 */
function requireAdminStage(stages: Stages): void {
  if (stages.some(({ role }) => role !== "member")) return;
  throw invalidInput({
    field: "stages",
    message: "stages must include an admin stage, because goals need an admin's approval",
  });
}

/**
 * Returns the priority of a change, which has none in its input: the connection's default, otherwise medium, or the
 * connection's highest priority where that is lower.
 */
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
      data: { required_approvals: steps.length, change: describeChange(input) },
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
    isSequential: true,
    steps,
    warnings: [],
    events,
  };
}

/** Warns about each stage that nobody but the asker could approve: it waits for ever, unless somebody is invited. */
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
      message: `Only you could approve the stage ${name}, and nobody may approve their own change: invite another ${role}, or this can't be approved`,
    }));
}
