import type { workspaceOperations } from "@sayso/catalogue";
import {
  decideApproval,
  getDifference,
  getOwnVote,
  listDeciders,
  readTimeline,
  summarizeDeliveries,
  nameActor,
  publicVia,
  type Context,
  type DecidingStep,
  type DeliverySummary,
  type Difference,
  type DifferingChange,
  type TimelineEntry,
  type Vote,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { decideSeveral } from "../approvals/decide-several.ts";
import { toDecided } from "../approvals/wire.ts";

type Operations = Pick<
  typeof workspaceOperations,
  "previewVote" | "castVote" | "castVotes" | "listDeciders" | "getTimeline" | "getDifference"
>;

const DELIVERIES_MAX = 100;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

const sourceOf = ({ actor }: Context): string | null =>
  actor.kind === "person" && actor.via === "session" ? "dashboard" : null;

export const requestPageHandlers: Handlers<Operations> = {
  async previewVote({ context, params }) {
    const { preview, ...own } = await getOwnVote(context, params.id);
    return {
      status: 200,
      body: {
        can_decide: preview.isAllowed,
        reason: preview.isAllowed ? null : preview.reason,
        message: preview.isAllowed ? null : preview.message,
        step_id: preview.isAllowed ? preview.stepId : null,
        step: own.step,
        change: own.change && { step_id: own.change.stepId },
        as_admin: preview.isAllowed && preview.asAdmin,
        needs_reason: own.needsReason,
        can_cancel: own.canCancel,
        can_delegate: own.canDelegate,
        cast: own.cast.map(({ stepId, decision }) => ({ step_id: stepId, decision })),
        sequence: own.sequence,
      },
    };
  },

  async castVote({ context, params, body }) {
    const performed = await decideApproval(context, {
      requestId: params.id,
      stepId: body.step_id ?? null,
      decision: body.decision,
      comment: body.comment?.trim() ? body.comment.trim() : null,
      source: sourceOf(context),
      seenSequence: body.sequence,
      replaces: body.replaces,
    });
    return { status: 200, body: toDecided(performed) };
  },

  async castVotes({ context, body }) {
    const { decision, votes } = body;
    const comment = body.comment?.trim() ? body.comment.trim() : null;
    const source = sourceOf(context);
    const results = await decideSeveral(
      context,
      votes.map(({ id, step_id: stepId, sequence: seenSequence }) => ({
        ...{ requestId: id, stepId, seenSequence },
        ...{ decision, comment, source, isOneOfSeveral: true },
      })),
    );
    return { status: 200, body: { results } };
  },

  async listDeciders({ context, params }) {
    const { steps, voidedVotes, namesakes } = await listDeciders(context, params.id);
    return {
      status: 200,
      body: {
        steps: steps.map(toDecidingStep),
        voided_votes: voidedVotes.map(toVote),
        namesakes: [...namesakes].map(([id, { name, email }]) => ({ id, name, email })),
      },
    };
  },

  async getTimeline({ context, params, query }) {
    const { entries, hasEarlier } = await readTimeline(context, params.id, query);
    const deliveries =
      query.before === undefined
        ? await summarizeDeliveries(context, params.id, DELIVERIES_MAX)
        : [];
    return {
      status: 200,
      body: {
        data: entries.map(toTimelineEntry),
        has_earlier: hasEarlier,
        deliveries: deliveries.map(toDeliverySummary),
      },
    };
  },

  async getDifference({ context, params }) {
    const found = await getDifference(context, params.id);
    return {
      status: 200,
      body: {
        data: found?.differences.map(toDiffering) ?? null,
        has_more: found?.hasMore ?? false,
        change: found?.change ? toChange(found.change) : null,
        is_context: found?.isContext ?? false,
      },
    };
  },
};

const toVote = (vote: Vote) => ({
  id: vote.id,
  person: { id: vote.personId, name: vote.personName },
  full_name: nameActor({ person: vote.personName, connection: vote.connectionName, via: vote.via }),
  connection:
    vote.connectionId === null ? null : { id: vote.connectionId, name: vote.connectionName },
  via: publicVia(vote.via),
  decision: vote.decision,
  comment: vote.comment,
  source: vote.source,
  void_reason: vote.voidReason,
  created_at: vote.createdAt.toISOString(),
});

const toDecidingStep = (step: DecidingStep) => ({
  id: step.id,
  step_order: step.order,
  name: step.name,
  status: step.status,
  required_approvals: step.requiredApprovals,
  role: step.role,
  team: step.team,
  missing: step.missing,
  votes: step.votes.map(toVote),
});

const toTimelineEntry = ({
  at,
  step,
  votesVoided,
  voidReason,
  actor,
  ...entry
}: TimelineEntry) => ({
  ...entry,
  actor: { kind: actor.kind, id: actor.id, name: actor.name, full_name: actor.fullName },
  via: publicVia(entry.via),
  created_at: at.toISOString(),
  step: step && { id: step.id, step_order: step.order, name: step.name },
  votes_voided: votesVoided,
  void_reason: voidReason,
});

const toDeliverySummary = (delivery: DeliverySummary) => ({
  id: delivery.id,
  kind: delivery.kind,
  event_type: delivery.eventType,
  origin: delivery.origin,
  status: delivery.status,
  attempts: delivery.attempts,
  last_status_code: delivery.lastStatusCode,
  last_error: delivery.lastError,
  next_attempt_at: iso(delivery.nextAttemptAt),
  delivered_at: iso(delivery.deliveredAt),
  created_at: delivery.createdAt.toISOString(),
});

const toDiffering = (difference: Difference) => ({
  ...difference,
  kind: !("before" in difference)
    ? ("added" as const)
    : "after" in difference
      ? ("changed" as const)
      : ("removed" as const),
});

const toChange = ({ applier, ...change }: DifferingChange) => ({
  entity_type: change.entityType,
  entity_id: change.entityId,
  entity_name: change.entityName,
  action: change.action,
  made_for_version: change.madeForVersion,
  current_version: change.currentVersion,
  entity_version: change.entityVersion,
  state: change.state,
  applied_at: iso(change.appliedAt),
  applier: applier && {
    attempts: applier.attempts,
    status_code: applier.statusCode,
    error: applier.error,
  },
});
