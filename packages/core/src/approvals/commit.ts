import type { Pool } from "pg";
import type { Queryable } from "../queryable.ts";
import type { Actor, ActorReference } from "../actors/actor.ts";
import { createBatcher, type Batched } from "../transactions/batcher.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { buildCallback } from "./callback.ts";
import { isRefusedByStop, type Command, type Transition } from "../state-machine/judgement.ts";
import type { LoadedRequest, Member } from "./load.ts";
import type { StepState } from "../state-machine/state.ts";

/**
 * Everything that one transition writes, in the shape that commit_transitions (packages/database/sql/functions) takes.
 */
export type TransitionWrite = ReturnType<typeof toWrite>;

/**
 * The outcome of a commit. `stale`: another change was faster; read and judge again. `stopped`: the emergency stop is
 * on.
 */
export type CommitOutcome = "committed" | "stale" | "stopped";

/**
 * Commits the approval of a change: the vote's rows and the change of the entity, in one transaction of its own. So a
 * change that is refused undoes this approval, and no other.
 *
 * @throws DomainError `conflict`: the entity has changed since, or is being changed; nothing is written
 */
export type CommitChange = (
  by: { organizationId: string; actor: Actor },
  write: TransitionWrite,
) => Promise<CommitOutcome>;

export type CommitTransition = Batched<TransitionWrite, CommitOutcome>;

export interface Committer {
  /** One of the three statements on the hot path. Transitions that arrive in the same tick share it. */
  commitTransition: CommitTransition;
  /** Replaces `commitTransition` where an approval changes an entity. */
  commitChange: CommitChange;
}

/**
 * Writes transitions: state, votes, events, totals and the callback in one transaction. Each is written only if its
 * request still has the version that was judged. Transitions that arrive together share one commit.
 */
export function createCommitter(app: Pool): CommitTransition {
  return createBatcher(async (organizationId, writes) => {
    const done = new Set<string>();
    // One transition per request and commit: a second one was judged before the first, so it is stale by then.
    const first = writes.filter((w) => !done.has(w.id) && done.add(w.id));
    const { committed, stopped } = await withRetries(() =>
      storeTransitions(app, organizationId, first),
    );
    return writes.map((write) => {
      if (first.includes(write) && committed.includes(write.id)) return "committed";
      return stopped && write.refuse_when_stopped ? "stopped" : "stale";
    });
  });
}

/** Writes transitions of different requests. It runs in the connection's transaction, if one has begun. */
export async function storeTransitions(
  db: Queryable,
  organizationId: string,
  writes: readonly TransitionWrite[],
): Promise<{ committed: string[]; stopped: boolean }> {
  const { rows } = await db.query<{ committed: string[]; stopped: boolean }>({
    name: "commit_transitions",
    text: "select committed, stopped from commit_transitions($1, $2, $3, $4, $5)",
    values: [
      organizationId,
      JSON.stringify(writes),
      writes.some((w) => w.refuse_when_stopped),
      writes.some(
        (w) =>
          w.steps !== null ||
          w.void_votes ||
          w.void_votes_of !== null ||
          w.votes.some((v) => v.replaces),
      ),
      writes.some((w) => w.comments.length > 0),
    ],
  });
  return rows[0] ?? { committed: [], stopped: false };
}

/** An event in the shape that the database's functions take. */
interface EventWrite {
  id: string;
  sequence: number;
  type: string;
  actor_kind: string;
  actor_id: string | null;
  data: Record<string, unknown>;
}

/**
 * Returns everything that a transition writes.
 *
 * @param decider the person who ended the request, for its callback
 */
export function toWrite(
  loaded: LoadedRequest,
  command: Command,
  transition: Transition,
  actor: ActorReference,
  decider: Member | null,
  newId: () => string,
) {
  const { next } = transition;
  const before = loaded.state;
  const author = before.rule?.author;
  const events = transition.events.map((event, i): EventWrite => ({
    id: newId(),
    sequence: before.eventSequence + i + 1,
    type: event.type,
    actor_kind: actor.kind,
    actor_id: actor.id,
    data: event.data,
  }));
  const ending = events.at(-1);
  const hasEnded = before.status === "pending" && next.status !== "pending" && ending;
  const callback = hasEnded ? buildCallback(loaded, next, newId(), ending, decider) : null;
  const changes = command.kind === "revise" ? command.changes : {};
  return {
    id: next.id,
    expected_version: before.version,
    // The emergency stop refuses an automatic approval just as it refuses a vote.
    refuse_when_stopped:
      isRefusedByStop(command) || (before.status === "pending" && next.status === "approved"),
    refuse_when_due: !isUntimed(command),
    previous_status: before.status,
    status: next.status,
    priority: next.priority,
    ...changes,
    current_approvals: next.currentApprovals,
    required_approvals: next.requiredApprovals,
    required_steps: next.requiredSteps,
    is_sequential: command.kind === "replace_steps" ? next.isSequential : null,
    assigned_approvers: command.kind === "delegate" ? next.assignedApprovers : null,
    event_sequence: next.eventSequence,
    comments_count: next.commentsCount,
    decided_at: next.decidedAt,
    decided_by: next.decidedBy,
    decided_via_connection_id: next.decidedViaConnectionId,
    decided_via: next.decidedVia,
    drops_auto_action: before.autoAction !== null && next.autoAction === null,
    askers: command.kind === "revise" || command.kind === "replace_steps" ? next.askers : null,
    decision_comment: next.decisionComment,
    decision_source: next.decisionSource,
    void_votes: transition.votesVoided,
    void_votes_of: transition.voidsVotesOf?.personId ?? null,
    void_reason: transition.voidsVotesOf?.reason ?? null,
    // The people, besides the voters, without whose right to approve the commit is refused.
    relies_on:
      command.kind === "meet_deadline" && next.status === "approved" && author
        ? [author.personId]
        : [],
    steps: transition.stepsChanged ? next.steps.map(writeStep) : null,
    votes: transition.votes.map((vote) => ({
      id: newId(),
      step_id: vote.stepId,
      person_id: vote.personId,
      connection_id: vote.connectionId,
      via: vote.via,
      decision: vote.decision,
      comment: vote.comment,
      source: vote.source,
      replaces: vote.replaces,
    })),
    comments: command.kind === "comment" ? [writeComment(command, actor, loaded.now)] : [],
    events,
    deliveries: callback ? [callback] : [],
  };
}

/** Says whether the command takes effect although a deadline has passed that nobody has met yet. */
const isUntimed = ({ kind }: Command): boolean =>
  kind === "meet_deadline" || kind === "stop" || kind === "comment" || kind === "void_votes";

/** Returns a step in the shape that the database's functions take. */
export function writeStep(step: StepState) {
  return {
    id: step.id,
    step_order: step.order,
    name: step.name,
    status: step.status,
    required_approvals: step.requiredApprovals,
    assigned_user_ids: step.assignedUserIds,
    assigned_team_id: step.assignedTeamId,
    assigned_role: step.assignedRole,
    needs_each: step.needsEach,
    of_quorum: step.isOfQuorum,
    decided_at: step.decidedAt,
    decided_by: step.decidedBy,
  };
}

const writeComment = (
  comment: Extract<Command, { kind: "comment" }>,
  actor: ActorReference,
  at: Date,
) => ({
  id: comment.id,
  person_id: actor.kind === "person" ? actor.id : null,
  connection_id: actor.kind === "connection" ? actor.id : null,
  via: comment.via,
  body: comment.body,
  created_at: at,
});
