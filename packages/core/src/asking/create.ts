import { connectionOf, referTo, type Actor } from "../actors/actor.ts";
import { sealCallback } from "../deliveries/callback-seal.ts";
import { askersOf, viaOf } from "../actors/via.ts";
import type { Context } from "../context.ts";
import type {
  Failpoints,
  InOrganization,
  NewIds,
  OrganizationPool,
  PublicAddress,
  Secrets,
  WorkHint,
} from "../capabilities.ts";
import type { FactReader } from "../organizations/organization-facts.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { findApprovingRule, requireVoteAhead, type WrittenRule } from "./approving-rule.ts";
import { checkLogEntry } from "./log-entry.ts";
import { storeChecked } from "./store-checked.ts";
import { sanitizeContextHtml } from "./context-html.ts";
import { getApproval } from "../approvals/get.ts";
import { hashBody } from "./idempotency.ts";
import { planApproval, type ApprovalPlan } from "./plan.ts";
import { emergencyStopActive } from "../approvals/perform.ts";
import type { ApprovalRecord } from "../approvals/record.ts";
import { priorities, type Priority } from "../priority.ts";
import type { DefaultPlan } from "../projects/project-plan.ts";
import type { NewRequest, RequestStore, StoreOutcome } from "./store-request.ts";
import { askedNames, shownNames, type RequestRow } from "../requests/columns.ts";
import { pick } from "../pick.ts";
import { initialRow } from "../requests/row.ts";
import { writeStep } from "../approvals/commit.ts";
import type { CreateApprovalInput } from "./new-approval.ts";
import { applyTemplate } from "./apply-template.ts";
import { blameTemplate } from "./blame-template.ts";
import { askerOf, orEarlier } from "./earlier-request.ts";

export interface CreatedApproval {
  record: ApprovalRecord;
  /** False: this idempotency key had already made the request. */
  isNew: boolean;
  /** Values that are allowed but probably not meant. */
  warnings: { field: string; message: string }[];
}

/** How a request is asked. */
export interface AskingOptions {
  /** The body as the caller sent it, for comparing idempotent calls; default: the input. */
  body?: unknown;
  /** The connection in whose month the request counts, if its plan is `free`. */
  projectId?: string | undefined;
  /** Whether the caller takes the first request of an idempotency key also where the body is another; default false. */
  takesFirst?: boolean;
}

const otherBody = {
  field: "idempotency_key",
  message:
    "idempotency_key was used before with another body: this is that first request, and what you sent now was not asked",
};

type CreatedNow = Extract<StoreOutcome, { outcome: "created" }>;

/** The capabilities for making a request. */
export interface Asking
  extends
    InOrganization,
    RequestStore,
    FactReader,
    DefaultPlan,
    NewIds,
    PublicAddress,
    Secrets,
    WorkHint,
    Failpoints {}

/**
 * Asks people for a yes. The request, its steps and its events are stored in one transaction.
 *
 * With an idempotency key, the same key with the same body returns the first request again. The same key with another
 * body is a `conflict`, unless the caller takes the first request; that request stays as it is.
 *
 * @throws DomainError `validation_failed`, `forbidden` (the connection's limits; an automatic approval by an actor who
 *   may write none), `conflict`, `emergency_stop`, `rate_limited` (the project's month), `invalid_state` (the flow is
 *   deleted)
 */
export async function createApproval(
  context: Context<Asking>,
  asked: CreateApprovalInput,
  { body = asked, projectId, takesFirst = false }: AskingOptions = {},
): Promise<CreatedApproval> {
  const hash = asked.idempotencyKey === undefined ? null : hashBody(body);
  const key = { key: asked.idempotencyKey, hash, takesFirst };
  const made = await orEarlier(context, key, async () => {
    const { request, warnings } = await prepare(context, asked, hash);
    const stored = await store(context, request, projectId);
    return stored && { request, stored, warnings };
  });
  if ("earlier" in made)
    return { record: made.earlier, isNew: false, warnings: made.isOther ? [otherBody] : [] };

  const { request, stored, warnings } = made;
  context.services.reach("after_create");
  context.services.eventsWritten();
  if (request.row.expiresAt ?? stored.autoActionAt) context.services.wakeWorker();
  return { record: await toRecord(context, request, stored), isNew: true, warnings };
}

/** Stores a request. Null: its idempotency key was used before. */
async function store(
  context: Context<RequestStore & OrganizationPool & DefaultPlan>,
  request: NewRequest,
  projectId: string | undefined,
): Promise<CreatedNow | null> {
  const isChecked = request.row.flowId !== null || projectId !== undefined;
  const stored = isChecked
    ? await storeChecked(context, request, projectId)
    : await context.services.storeRequest(context.organizationId, request);
  switch (stored.outcome) {
    case "created":
      return stored;
    case "exists":
      return null;
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
  const request = toNewRequest(context, { ...input, ...required }, plan, hash, rule);
  return { request, warnings: plan.warnings };
}

interface RequiredFields {
  title: string;
  description: string;
  priority: Priority;
}

function requireFields(actor: Actor, input: CreateApprovalInput): RequiredFields {
  const defaults = connectionOf(actor);
  // An empty description gives way to the connection's, because clients send one for a field that nobody filled in.
  const title = input.title ?? defaults?.defaultTitle ?? undefined;
  const description = input.description || (defaults?.defaultDescription ?? input.description);
  const priority = input.priority ?? defaults?.defaultPriority ?? undefined;
  const fields: Partial<RequiredFields> = { title, description, priority };
  refuseMissing(fields);
  return fields;
}

/** @throws DomainError `validation_failed`, which names every field that is missing */
function refuseMissing(fields: Partial<RequiredFields>): asserts fields is RequiredFields {
  const [first, ...others] = Object.entries(fields)
    .filter(([, value]) => value === undefined)
    .map(([field]) => ({ field, message: `${field} is required` }));
  if (first) throw invalidInput(first, ...others);
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

/**
 * Returns the request that the input asks for, ready to be stored.
 *
 * @param hash the hash of the call's body, with an idempotency key
 * @param rule the rule that approves it automatically
 */
export function toNewRequest(
  { services, actor }: Context<Secrets & NewIds>,
  input: CreateApprovalInput & RequiredFields,
  plan: ApprovalPlan,
  hash: Buffer | null,
  rule: WrittenRule | null = null,
): NewRequest {
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
    row: {
      ...initialRow,
      ...pick(input, askedNames),
      id: services.newId(),
      ...askerOf(actor),
      askers: askersOf(actor),
      status: input.isLog ? "approved" : "pending",
      contextHtml: input.contextHtml === undefined ? null : sanitizeContextHtml(input.contextHtml),
      callbackHeaders: sealCallback(services.secrets, {
        headers: input.callbackHeaders,
        personId: input.callbackUrl && actor.kind === "person" ? actor.personId : null,
      }),
      requiredApprovals: plan.requiredApprovals,
      requiredSteps: plan.requiredSteps,
      isSequential: plan.isSequential,
      stepsAtOnce: input.isSequential === false,
      autoActionBy: rule?.authorId ?? null,
      autoActionOfTemplate: rule?.isTemplates ?? null,
      idempotencyHash: hash,
      eventSequence: events.length,
    },
    autoActionAfterMinutes: input.autoActionAfterMinutes ?? null,
    steps: plan.steps.map(writeStep),
    events,
  };
}

/**
 * Returns the record of a request that was just stored. Only a person's is read back, for their name, because machines
 * ask far more often.
 */
async function toRecord(
  context: Context<OrganizationPool>,
  { row }: NewRequest,
  { createdAt, autoActionAt }: CreatedNow,
): Promise<ApprovalRecord> {
  const { organizationId, actor } = context;
  if (actor.kind === "person") return getApproval(context, row.id);
  const stored: RequestRow = {
    ...row,
    organizationId,
    autoActionAt,
    decidedAt: row.status === "pending" ? null : createdAt,
    createdAt,
    updatedAt: createdAt,
  };
  return {
    ...pick(stored, shownNames),
    connectionName: actor.kind === "connection" ? actor.name : null,
    createdByName: null,
    callbackDelivered: false,
    decidedByName: null,
    decidedViaConnectionName: null,
    decisionReason: null,
    decidedByFullName: null,
  };
}
