import type { GoalStatus, Kpi, Objective } from "@sayso/client";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, queryClient } from "../api.ts";
import { membersQuery } from "../organization/queries.ts";

/** Everything of goals is read again when an event tells of goals (src/live/refresh.ts). */
const ROOT = "goals";

export const objectivesQuery = (cycleId: string | undefined) =>
  queryOptions({
    queryKey: [ROOT, "objectives", cycleId ?? "all"],
    queryFn: ({ signal }) => api.listObjectives({ cycle_id: cycleId }, { signal }),
  });

export const objectiveQuery = (id: string) =>
  queryOptions({
    queryKey: [ROOT, "objective", id],
    queryFn: ({ signal }) => api.getObjective({ id }, { signal }),
  });

export const objectiveHealthQuery = (id: string) =>
  queryOptions({
    queryKey: [ROOT, "objective", id, "health"],
    queryFn: ({ signal }) => api.getObjectiveHealth({ id }, { signal }),
  });

export const keyResultHistoriesQuery = (objectiveId: string) =>
  queryOptions({
    queryKey: [ROOT, "objective", objectiveId, "histories"],
    queryFn: async ({ signal }) => {
      const { data } = await api.listKeyResultHistories({ id: objectiveId }, { signal });
      return new Map(data.map(({ goal_id, points }) => [goal_id, points]));
    },
  });

export const kpisQuery = queryOptions({
  queryKey: [ROOT, "kpis"],
  queryFn: ({ signal }) => api.listKpis({}, { signal }),
});

export const kpiQuery = (id: string) =>
  queryOptions({
    queryKey: [ROOT, "kpi", id],
    queryFn: ({ signal }) => api.getKpi({ id }, { signal }),
  });

export const kpiHistoriesQuery = queryOptions({
  queryKey: [ROOT, "kpi-histories"],
  queryFn: async ({ signal }) => {
    const { data } = await api.listKpiHistories({}, { signal });
    return new Map(data.map(({ goal_id, points }) => [goal_id, points]));
  },
});

export const kpiUpdatesQuery = (id: string) =>
  queryOptions({
    queryKey: [ROOT, "kpi", id, "updates"],
    queryFn: ({ signal }) => api.listKpiUpdates({ id }, { signal }),
  });

/** What was done to an objective or a KPI, newest first, a page at a time. */
export const timelineQuery = (kind: "objective" | "kpi", id: string) =>
  infiniteQueryOptions({
    queryKey: [ROOT, kind, id, "timeline"],
    queryFn: ({ signal, pageParam }) => {
      const input = { id, before: pageParam };
      return kind === "objective"
        ? api.listObjectiveTimeline(input, { signal })
        : api.listKpiTimeline(input, { signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ data, has_more }) => (has_more ? data.at(-1)?.id : undefined),
  });

/** Changes of goals that wait for a yes: requests, so they are read again when requests are. */
export const waitingChangesQuery = (goalId?: string) =>
  queryOptions({
    queryKey: ["requests", "goal-changes", goalId ?? "all"],
    queryFn: async ({ signal }) =>
      (await api.listWaitingGoalChanges({ goal_id: goalId }, { signal })).data,
  });

export const cyclesQuery = queryOptions({
  queryKey: [ROOT, "cycles"],
  queryFn: ({ signal }) => api.listCycles({}, { signal }),
});

/** Whom goals can belong to. */
export const peopleQuery = queryOptions({ ...membersQuery, select: ({ data }) => data });

export const reviewsQuery = queryOptions({
  queryKey: [ROOT, "reviews"],
  queryFn: async ({ signal }) => (await api.listVisibleReviews({}, { signal })).data,
});

export const reviewQuery = (id: string) =>
  queryOptions({
    queryKey: [ROOT, "review", id],
    queryFn: ({ signal }) => api.getVisibleReview({ id }, { signal }),
  });

export const reviewCyclesQuery = queryOptions({
  queryKey: [ROOT, "review-cycles"],
  queryFn: ({ signal }) => api.listReviewCycles({}, { signal }),
});

export const goalsKeysQuery = queryOptions({
  queryKey: [ROOT, "keys"],
  queryFn: async ({ signal }) => (await api.listGoalsKeys({}, { signal })).data,
});

/** Reads everything of goals again, and what waits of them. */
export async function refreshGoals(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: [ROOT] }),
    queryClient.invalidateQueries({ queryKey: ["requests", "goal-changes"] }),
  ]);
}

/** What is reported of a key result or a KPI. */
export interface NewValue {
  value: number;
  comment?: string;
  status?: GoalStatus;
}

/** By the id that an address holds, without asking again for what a list has already shown. */
export const seenObjective = (id: string): Objective | undefined =>
  queryClient
    .getQueriesData<Objective[]>({ queryKey: [ROOT, "objectives"] })
    .flatMap(([, objectives]) => objectives ?? [])
    .find((objective) => objective.id === id);

export const seenKpi = (id: string): Kpi | undefined =>
  queryClient.getQueryData(kpisQuery.queryKey)?.find((kpi) => kpi.id === id);
