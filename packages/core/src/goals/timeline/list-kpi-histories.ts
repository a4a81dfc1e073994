import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { toValueHistory, type HistoryRow, type ValueHistory } from "./value-history.ts";

const KPIS_MAX = 500;
/** The number of values for each KPI: as many as a small line can show. */
const POINTS_MAX = 24;

/** Returns the history of values of the newest 500 KPIs, newest KPI first, each from its newest 24 updates. */
export async function listKpiHistories(context: Context<InOrganization>): Promise<ValueHistory[]> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<HistoryRow>(
      `select k.id as "goalId", k.created_at as "createdAt", newest.points
       from (
         select id, created_at from kpis where archived_at is null order by created_at desc, id desc limit $1
       ) k
       left join lateral (
         select json_agg(json_build_object('value', u.new_value, 'previousValue', u.previous_value,
           'atMs', (extract(epoch from u.created_at) * 1000)::float8) order by u.sequence desc) as points
         from (select * from kpi_updates where kpi_id = k.id order by sequence desc limit $2) u
       ) newest on true
       order by k.created_at desc, k.id desc`,
      [KPIS_MAX, POINTS_MAX],
    ),
  );
  return rows.map((row) => toValueHistory(row, POINTS_MAX));
}
