import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { toValueHistory, type HistoryRow, type ValueHistory } from "./value-history.ts";

/** The number of values for each key result. An objective has at most 50 key results. */
const POINTS_MAX = 100;

/**
 * Returns the history of values of each key result of an objective, from its newest 100 check-ins. A key result without
 * check-ins has no points.
 *
 * @throws DomainError `not_found`, also for an archived objective
 */
export async function listKeyResultHistories(
  context: Context<InOrganization>,
  objectiveId: string,
): Promise<ValueHistory[]> {
  if (!isUuid(objectiveId)) throw notFound("Objective");
  return inOrganization(context, async (db) => {
    const found = await db.query("select from objectives where id = $1 and archived_at is null", [
      objectiveId,
    ]);
    if (found.rowCount === 0) throw notFound("Objective");
    const { rows } = await db.query<HistoryRow>(
      `select k.id as "goalId", k.created_at as "createdAt", newest.points
       from key_results k
       left join lateral (
         select json_agg(json_build_object('value', c.value, 'previousValue', c.previous_value,
           'atMs', (extract(epoch from c.created_at) * 1000)::float8) order by c.sequence desc) as points
         from (select * from checkins where key_result_id = k.id order by sequence desc limit $2) c
       ) newest on true
       where k.objective_id = $1 and k.archived_at is null order by k.id`,
      [objectiveId, POINTS_MAX],
    );
    return rows.map((row) => toValueHistory(row, POINTS_MAX));
  });
}
