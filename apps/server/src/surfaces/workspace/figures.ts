import type { workspaceOperations } from "@sayso/catalogue";
import { getFigures, type DurationFigures, type Figures } from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";

export const figuresHandlers: Handlers<Pick<typeof workspaceOperations, "getFigures">> = {
  async getFigures({ context, query }) {
    const [from, to] = [new Date(query.from), new Date(query.to)];
    const figures = await getFigures(context, { from, to, timeZone: query.time_zone });
    return {
      status: 200,
      body: {
        from: from.toISOString(),
        to: to.toISOString(),
        time_zone: query.time_zone,
        ...toFigures(figures),
      },
    };
  },
};

const toDurations = ({ count, p50Seconds, p90Seconds }: DurationFigures) => ({
  count,
  p50_seconds: p50Seconds,
  p90_seconds: p90Seconds,
});

const toFigures = (figures: Figures) => ({
  pending: {
    total: figures.pending.total,
    oldest_at: figures.pending.oldestAt?.toISOString() ?? null,
    by_age: figures.pending.byAge.map(({ upToSeconds, byPriority }) => ({
      up_to_seconds: upToSeconds,
      ...byPriority,
    })),
  },
  outcomes: figures.outcomes,
  approval_rate: figures.approvalRate,
  days: figures.days,
  decision_time: toDurations(figures.decisionTime),
  by_priority: figures.byPriority.map(({ priority, ...times }) => ({
    priority,
    ...toDurations(times),
  })),
  by_team: figures.byTeam.map(({ team, ...times }) => ({ team, ...toDurations(times) })),
  by_connection: figures.byConnection,
  steps: figures.steps.map(({ name, team, order, count, p50Seconds, p90Seconds }) => ({
    name,
    team,
    order,
    count,
    p50_seconds: p50Seconds,
    p90_seconds: p90Seconds,
  })),
  steps_sampled: figures.stepsSampled,
  asked: figures.asked,
  everybody_asked: figures.everybodyAsked,
  asked_sampled: figures.askedSampled,
});
