import { connectionOf, referTo, type Actor } from "../actors/actor.ts";
import { sealCallback } from "../deliveries/callback-seal.ts";
import { askersOf, viaOf } from "../actors/via.ts";
import type { Context } from "../context.ts";
import type {
  Failpoints,
  InOrganization,
  NewIds,
  OrganizationPool,
  Secrets,
  WorkHint,
} from "../capabilities.ts";
import type { FactReader } from "../organizations/organization-facts.ts";
import { DomainError, invalidInput, notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { findApprovingRule, requireVoteAhead, type WrittenRule } from "./approving-rule.ts";
import { checkLogEntry } from "./log-entry.ts";
import { storeAttached, type Attached } from "./attached.ts";
import { sanitizeContextHtml } from "./context-html.ts";
import { getApproval } from "../approvals/get.ts";
import { hashBody } from "./idempotency.ts";
import { planApproval, type ApprovalPlan } from "./plan.ts";
import { emergencyStopActive } from "../approvals/perform.ts";
import { readRecords, type ApprovalRecord } from "../approvals/record.ts";
import type { Decision } from "../state-machine/state.ts";
import { priorities, type Priority } from "../priority.ts";
import type { DefaultPlan } from "../projects/project-plan.ts";
import type { RequestStore, RequestWrite } from "./store-request.ts";
import { writeStep } from "../approvals/commit.ts";
import type { CreateApprovalInput } from "./new-approval.ts";
import { applyTemplate } from "./apply-template.ts";
import { blameTemplate } from "./blame-template.ts";

export interface CreatedApproval {
  record: ApprovalRecord;
  /** False: this idempotency key had already made the request. */
  isNew: boolean;
  /** Values that are allowed but probably not meant. */
  warnings: { field: string; message: string }[];
}

/** The capabilities for making a request. */
export interface Asking
  extends
    InOrganization,
    RequestStore,
    FactReader,
    DefaultPlan,
    NewIds,
    Secrets,
    WorkHint,
    Failpoints {}

/**
 * Asks people for a yes. The request, its steps and its events are stored in one transaction.
 *
 * With an idempotency key, the same key with the same body returns the first request again. The same key with another
 * body is a `conflict`, and the first request stays as it is.
 *
 * @param body the body as the caller sent it, for comparing idempotent calls
 * @param attached data to store with it, in the same transaction
 * @throws DomainError `validation_failed`, `forbidden` (the connection's limits; an automatic approval by an actor who
 *   may write none), `conflict`, `emergency_stop`; with an attachment `rate_limited` (the project's month),
 *   `invalid_state` (the flow is deleted)
 */
export async function createApproval(
  context: Context<Asking>,
  asked: CreateApprovalInput,
  body: unknown = asked,
  attached: Attached | null = null,
): Promise<CreatedApproval> {
  const hash = asked.idempotencyKey === undefined ? null : hashBody(body);
  const prepared = await prepare(context, asked, hash).catch(async (error: unknown) => {
    // The key still returns a request that it made earlier, even if that could not be made now.
    const isRefused = error instanceof DomainError && error.code !== "unavailable";
    const earlier = isRefused && (await findIdempotent(context, asked.idempotencyKey, hash));
    if (!earlier) throw error;
    return earlier;
  });
  if (!("write" in prepared)) return { record: prepared, isNew: false, warnings: [] };

  const { write, warnings } = prepared;
  const stored = attached
    ? await storeAttached(context, write, attached)
    : await context.services.storeRequest(context.organizationId, write);
  switch (stored.outcome) {
    case "created":
      context.services.reach("after_create");
      context.services.eventsWritten();
      if (write.expires_at ?? stored.autoActionAt) context.services.wakeWorker();
      return { record: await toRecord(context, write, stored, attached), isNew: true, warnings };
    case "exists": {
      const record = await findIdempotent(context, asked.idempotencyKey, hash);
      if (!record) throw notFound("Request");
      return { record, isNew: false, warnings: [] };
    }
    case "deadline_passed":
      throw invalidInput({ field: "expires_at", message: "expires_at must be in the future" });
    case "stopped":
      throw emergencyStopActive();
  }
}

async function prepare(
  context: Context<InOrganization & Secrets & NewIds & FactReader>,
  asked: CreateApprovalInput,
  hash: Buffer | null,
) {
  const { input, template } = await applyTemplate(context, asked);
  checkLogEntry(input);
  const required = requireFields(context.actor, input);
  checkConnectionLimits(context.actor, required.priority, input.actionType);
  const rule = findApprovingRule(context.actor, input, template);
  const plan = await planApproval(context, input).catch(blameTemplate(asked, template));
  if (rule) await requireVoteAhead(context, rule, input, plan);
  const write = toRequestWrite(context, input, required, plan, hash, rule);
  return { write, warnings: plan.warnings };
}

interface RequiredFields {
  title: string;
  description: string;
  priority: Priority;
}

function requireFields(actor: Actor, input: CreateApprovalInput): RequiredFields {
  const defaults = connectionOf(actor);
  const description = input.description ?? defaults?.defaultDescription ?? undefined;
  const priority = input.priority ?? defaults?.defaultPriority ?? undefined;
  const missing = Object.entries({ title: input.title, description, priority })
    .filter(([, value]) => value === undefined)
    .map(([field]) => ({ field, message: `${field} is required` }));
  const [first, ...others] = missing;
  if (first) throw invalidInput(first, ...others);
  return {
    title: input.title as string,
    description: description as string,
    priority: priority as Priority,
  };
}

export function checkConnectionLimits(
  actor: Actor,
  priority: Priority,
  actionType: string | undefined,
): void {
  const { allowedActionTypes, maxPriority } = connectionOf(actor) ?? {};
  if (allowedActionTypes && !(actionType && allowedActionTypes.includes(actionType))) {
    throw new DomainError(
      "forbidden",
      `This connection may only ask for these action types: ${allowedActionTypes.join(", ")}`,
      { details: { field: "action_type", allowed_action_types: allowedActionTypes } },
    );
  }
  if (maxPriority && priorities.indexOf(priority) > priorities.indexOf(maxPriority)) {
    throw new DomainError(
      "forbidden",
      `This connection may ask with priority ${maxPriority} at most`,
      { details: { field: "priority", max_priority: maxPriority } },
    );
  }
}

export function toRequestWrite(
  { services, actor }: Context<Secrets & NewIds>,
  input: CreateApprovalInput,
  required: RequiredFields,
  plan: ApprovalPlan,
  hash: Buffer | null,
  rule: WrittenRule | null = null,
): RequestWrite {
  const events = plan.events.map((event, i) => ({
    id: services.newId(),
    sequence: i + 1,
    type: event.type,
    actor_kind: actor.kind,
    actor_id: referTo(actor).id,
    // The credential that a request was asked through is read from here: it doesn't decide the request.
    data: i === 0 ? { ...event.data, via: viaOf(actor) } : event.data,
  }));
  return {
    id: services.newId(),
    ...askerOf(actor),
    askers: askersOf(actor),
    ...required,
    status: input.isLog ? "approved" : "pending",
    action_type: input.actionType ?? null,
    source: input.source ?? null,
    source_id: input.sourceId ?? null,
    source_name: input.sourceName ?? null,
    source_url: input.sourceUrl ?? null,
    metadata: input.metadata ?? null,
    context_html: input.contextHtml === undefined ? null : sanitizeContextHtml(input.contextHtml),
    callback_url: input.callbackUrl ?? null,
    callback_headers:
      sealCallback(services.secrets, {
        headers: input.callbackHeaders,
        personId: input.callbackUrl && actor.kind === "person" ? actor.personId : null,
      })?.toString("base64") ?? null,
    required_approvals: plan.requiredApprovals,
    required_steps: plan.requiredSteps,
    is_sequential: input.isSequential ?? false,
    assigned_approvers: input.assignedApprovers ?? null,
    assigned_team_id: input.assignedTeamId ?? null,
    require_rejection_reason: input.requireRejectionReason ?? false,
    is_log: input.isLog ?? false,
    template_id: input.templateId ?? null,
    expires_at: input.expiresAt ?? null,
    auto_action: input.autoAction ?? null,
    auto_action_after_minutes: input.autoActionAfterMinutes ?? null,
    auto_action_by: rule?.authorId ?? null,
    auto_action_of_template: rule?.isTemplates ?? null,
    idempotency_key: input.idempotencyKey ?? null,
    idempotency_hash: hash?.toString("base64") ?? null,
    event_sequence: events.length,
    steps: plan.steps.map(writeStep),
    events,
  };
}

/** Returns the asker as a request records it. */
const askerOf = (actor: Actor): Pick<RequestWrite, "connection_id" | "created_by"> => ({
  connection_id: connectionOf(actor)?.connectionId ?? null,
  created_by: actor.kind === "person" ? actor.personId : null,
});

/**
 * Returns the first request that the asker made with this key. Null: they have made none. Keys of other askers don't
 * count: an asker is a connection, a person, or a person through an app.
 *
 * @throws DomainError `conflict`: it was made with another body
 */
export async function findIdempotent(
  context: Context<InOrganization>,
  key: string | undefined,
  hash: Buffer | null,
): Promise<ApprovalRecord | null> {
  if (key === undefined || hash === null) return null;
  const { connection_id, created_by } = askerOf(context.actor);
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ id: string; hash: Buffer }>(
      `select id, idempotency_hash as hash from requests
       where organization_id = $1 and idempotency_key = $2
         and connection_id is not distinct from $3 and created_by is not distinct from $4`,
      [context.organizationId, key, connection_id, created_by],
    );
    const [first] = rows;
    if (!first) return null;
    if (!first.hash.equals(hash)) {
      throw new DomainError(
        "conflict",
        "This idempotency_key was already used for a request with another body; use a new key for a new request",
        { details: { field: "idempotency_key", id: first.id } },
      );
    }
    const [record] = await readRecords(db, [first.id]);
    return record ?? null;
  });
}

/**
 * Returns the record of a request that was just stored. Only a person's is read back, for their name, because machines
 * ask far more often.
 */
async function toRecord(
  context: Context<OrganizationPool>,
  write: RequestWrite,
  { createdAt, autoActionAt }: { createdAt: Date; autoActionAt: Date | null },
  attached: Attached | null,
): Promise<ApprovalRecord> {
  const { organizationId, actor } = context;
  if (actor.kind === "person") return getApproval(context, write.id);
  return {
    id: write.id,
    organizationId,
    connectionId: write.connection_id,
    connectionName: actor.kind === "connection" ? actor.name : null,
    createdBy: write.created_by,
    createdByName: null,
    title: write.title,
    description: write.description,
    status: write.status,
    priority: write.priority as Priority,
    actionType: write.action_type,
    source: write.source,
    sourceId: write.source_id,
    sourceName: write.source_name,
    sourceUrl: write.source_url,
    metadata: write.metadata,
    contextHtml: write.context_html,
    callbackUrl: write.callback_url,
    callbackDelivered: false,
    requiredApprovals: write.required_approvals,
    currentApprovals: 0,
    isSequential: write.is_sequential,
    assignedApprovers: write.assigned_approvers,
    assignedTeamId: write.assigned_team_id,
    requireRejectionReason: write.require_rejection_reason,
    isLog: write.is_log,
    templateId: write.template_id,
    expiresAt: write.expires_at,
    autoAction: write.auto_action as Decision | null,
    autoActionAt,
    idempotencyKey: write.idempotency_key,
    externalId: attached?.externalId ?? null,
    flowId: attached?.flowId ?? null,
    commentsCount: 0,
    eventSequence: write.event_sequence,
    decidedAt: write.status === "pending" ? null : createdAt,
    decidedBy: null,
    decidedByName: null,
    decidedViaConnectionId: null,
    decidedViaConnectionName: null,
    decidedVia: null,
    decisionReason: null,
    decisionComment: null,
    decisionSource: null,
    createdAt,
    updatedAt: createdAt,
  };
}
