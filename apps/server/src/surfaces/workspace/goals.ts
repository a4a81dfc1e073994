import type { workspaceOperations } from "@sayso/catalogue";
import {
  createGoalsKey,
  getObjective,
  healthParts,
  listGoalsKeys,
  listGoalTimeline,
  listHeldChanges,
  listKeyResultHistories,
  listKpiHistories,
  revokeGoalsKey,
  type GoalTimelineEntry,
  type KeyResult,
  type ValueHistory,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<
  typeof workspaceOperations,
  | "listObjectiveTimeline"
  | "listKpiTimeline"
  | "listKeyResultHistories"
  | "listKpiHistories"
  | "getObjectiveHealth"
  | "listWaitingGoalChanges"
  | "listGoalsKeys"
  | "createGoalsKey"
  | "revokeGoalsKey"
>;

export const goalPageHandlers: Handlers<Operations> = {
  async listObjectiveTimeline({ context, params, query }) {
    const { entries, hasMore } = await listGoalTimeline(context, "objective", params.id, query);
    return { status: 200, body: { data: entries.map(toEntry), has_more: hasMore } };
  },

  async listKpiTimeline({ context, params, query }) {
    const { entries, hasMore } = await listGoalTimeline(context, "kpi", params.id, query);
    return { status: 200, body: { data: entries.map(toEntry), has_more: hasMore } };
  },

  async listKeyResultHistories({ context, params }) {
    const histories = await listKeyResultHistories(context, params.id);
    return { status: 200, body: { data: histories.map(toHistory) } };
  },

  async listKpiHistories({ context }) {
    return { status: 200, body: { data: (await listKpiHistories(context)).map(toHistory) } };
  },

  async getObjectiveHealth({ context, params }) {
    const objective = await getObjective(context, params.id);
    return {
      status: 200,
      body: {
        objective_id: objective.id,
        score: objective.healthScore,
        key_results: objective.keyResults.map(toHealth),
      },
    };
  },

  async listWaitingGoalChanges({ context, query }) {
    const changes = await listHeldChanges(context, { goalId: query.goal_id });
    return {
      status: 200,
      body: {
        data: changes.map((change) => ({
          id: change.id,
          entity_type: change.entityType,
          entity_id: change.entityId.toLowerCase(),
          entity_name: change.entityName,
          patch: change.patch,
          requester_id: change.requesterId,
          requester_name: change.requesterName,
          requester_full_name: change.requesterFullName,
          created_at: change.createdAt.toISOString(),
        })),
      },
    };
  },

  async listGoalsKeys({ context }) {
    const keys = await listGoalsKeys(context);
    return {
      status: 200,
      body: {
        data: keys.map((key) => ({
          id: key.id,
          connection_id: key.connectionId,
          name: key.name,
          prefix: key.prefix,
          last_four: key.lastFour,
          scopes: key.scopes,
          owner_name: key.ownerName,
          revoked_at: key.revokedAt?.toISOString() ?? null,
          last_used_at: key.lastUsedAt?.toISOString() ?? null,
          created_at: key.createdAt.toISOString(),
        })),
      },
    };
  },

  async createGoalsKey({ context, body }) {
    const made = await createGoalsKey(context, body);
    return {
      status: 201,
      body: {
        id: made.id,
        connection_id: made.connectionId,
        name: body.name,
        prefix: made.prefix,
        last_four: made.lastFour,
        scopes: [...new Set(body.scopes)],
        key: made.key,
      },
    };
  },

  async revokeGoalsKey({ context, params }) {
    await revokeGoalsKey(context, params.id);
    return { status: 200, body: { id: params.id, revoked: true } };
  },
};

const toEntry = ({ id, type, data, by, createdAt }: GoalTimelineEntry) => ({
  id,
  type,
  data,
  by,
  created_at: createdAt.toISOString(),
});

const toHistory = ({ goalId, points }: ValueHistory) => ({
  goal_id: goalId,
  points: points.map(({ value, at }) => ({ value, at: at.toISOString() })),
});

const toHealth = ({ id, healthScore, healthSigns }: KeyResult) => ({
  key_result_id: id,
  score: healthScore,
  days_since_checkin: healthSigns.daysSinceCheckin,
  velocity: healthSigns.velocity,
  progress_gap: healthSigns.progressGap,
  points: healthParts(healthSigns),
});
