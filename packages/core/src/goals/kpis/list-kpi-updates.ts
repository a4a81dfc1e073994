import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { madeBy } from "../check-ins/list-check-ins.ts";
import { toBy, type By, type StoredBy } from "../check-ins/check-in.ts";

/** A measurement of a KPI. It never changes. */
export interface KpiUpdate {
  id: string;
  kpiId: string;
  /** The number of the update within the KPI, from 1. */
  sequence: number;
  /**
   * The new value of the update before. For the first one: the value that the KPI was created with.
   * null: there was none.
   */
  previousValue: number | null;
  newValue: number;
  comment: string | null;
  by: By;
  createdAt: Date;
}

const UPDATES_MAX = 500;

/**
 * Lists the newest updates of a KPI, at most 500, newest first.
 *
 * @throws DomainError `not_found`, also for an archived KPI
 */
export async function listKpiUpdates(
  context: Context<InOrganization>,
  kpiId: string,
  limit: number = UPDATES_MAX,
): Promise<KpiUpdate[]> {
  if (!isUuid(kpiId)) throw notFound("KPI");
  return inOrganization(context, async (db) => {
    const found = await db.query("select from kpis where id = $1 and archived_at is null", [kpiId]);
    if (found.rowCount === 0) throw notFound("KPI");
    const { rows } = await db.query<Omit<KpiUpdate, "by"> & { by: StoredBy }>(
      `select u.id, u.kpi_id as "kpiId", u.sequence, u.previous_value as "previousValue", u.new_value as "newValue",
         u.comment, u.created_at as "createdAt", ${madeBy("u")} as by
       from kpi_updates u where u.kpi_id = $1 order by u.sequence desc limit $2`,
      [kpiId, Math.min(limit, UPDATES_MAX)],
    );
    return rows.map((update) => ({ ...update, by: toBy(update.by) }));
  });
}
