import type { GoalStatus, Kpi, Objective } from "@sayso/client";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, firstPage, queryClient } from "../api.ts";
import { membersQuery } from "../organization/queries.ts";

/** The root of all keys of goals. An event about goals makes the page read all of them again (src/live/refresh.ts). */
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

/** The timeline of an objective or a KPI, newest first, page by page. */
export const timelineQuery = (kind: "objective" | "kpi", id: string) =>
  infiniteQueryOptions({
    queryKey: [ROOT, kind, id, "timeline"],
    queryFn: ({ signal, pageParam }) => {
      const input = { id, before: pageParam };
      return kind === "objective"
        ? api.listObjectiveTimeline(input, { signal })
        : api.listKpiTimeline(input, { signal });
    },
    initialPageParam: firstPage<string>(),
    getNextPageParam: ({ data, has_more }) => (has_more ? data.at(-1)?.id : undefined),
  });

/** The changes of goals that wait for a yes. They are requests, so the page reads them again when requests change. */
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

/** The people who can own a goal. */
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

/** Reads all goals again, and the changes of goals that wait. */
export async function refreshGoals(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: [ROOT] }),
    queryClient.invalidateQueries({ queryKey: ["requests", "goal-changes"] }),
  ]);
}

/** A reported value of a key result or a KPI. */
export interface NewValue {
  value: number;
  comment?: string;
  status?: GoalStatus;
}

/** Finds an objective by its id in the lists that were already read. It makes no call. */
export const seenObjective = (id: string): Objective | undefined =>
  queryClient
    .getQueriesData<Objective[]>({ queryKey: [ROOT, "objectives"] })
    .flatMap(([, objectives]) => objectives ?? [])
    .find((objective) => objective.id === id);

export const seenKpi = (id: string): Kpi | undefined =>
  queryClient.getQueryData(kpisQuery.queryKey)?.find((kpi) => kpi.id === id);
