import { kpiValues } from "@sayso/fields";
import type { Transaction } from "../../transactions/transaction.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { awaitTurn } from "../await-turn.ts";
import type { GoalEntity } from "../../entities/goal-entity.ts";
import { statusOfKpi, type GoalStatus } from "../goal-status.ts";
import { blankAsNull, field, writePatch, type ValuesOf } from "../fields.ts";

/** The fields of a KPI that can be set. Its current value comes from updates. */
export const kpiFields = {
  name: field("name", kpiValues.name),
  description: field("description", blankAsNull(kpiValues.description)),
  unit: field("unit", blankAsNull(kpiValues.unit)),
  target: field("target", kpiValues.target, "target_value"),
  direction: field("direction", kpiValues.direction),
  ownerId: field("owner_id", kpiValues.owner_id),
  needsApproval: field("needs_approval", kpiValues.needs_approval),
};
export type KpiValues = ValuesOf<typeof kpiFields>;
export type KpiDirection = KpiValues["direction"];

/** A number that is measured again and again. */
export interface Kpi extends KpiValues {
  id: string;
  ownerName: string | null;
  /** The current value. null: never measured. */
  current: number | null;
  status: GoalStatus;
  /** The number of updates. */
  updates: number;
  lastUpdatedAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** The select list of a {@link Kpi} without its status, from `kpis k left join people owner`. */
const kpiColumns = `
  k.id, k.name, k.description, k.unit, k.target_value as target, k.direction, k.owner_id as "ownerId",
  owner.name as "ownerName", k.needs_approval as "needsApproval", k.current_value as current, k.updates,
  k.last_updated_at as "lastUpdatedAt", k.version, k.created_at as "createdAt", k.updated_at as "updatedAt"`;

export interface KpiFilter {
  id?: string;
  /** A part of the name. Case doesn't matter. */
  search?: string;
}

/** Returns at most `limit` of the organization's KPIs, newest first, within its transaction. */
export async function readKpis(db: Transaction, filter: KpiFilter, limit: number): Promise<Kpi[]> {
  const { rows } = await db.query<Omit<Kpi, "status">>(
    `select ${kpiColumns} from kpis k left join people owner on owner.id = k.owner_id
     where k.archived_at is null and ($1::uuid is null or k.id = $1)
       and ($2::text is null or position(lower($2) in lower(k.name)) > 0)
     order by k.created_at desc, k.id desc limit $3`,
    [filter.id, filter.search, limit],
  );
  return rows.map((row) => ({ ...row, status: statusOfKpi(row) }));
}

export type LockedKpi = Omit<Kpi, "status" | "ownerName">;

/**
 * Locks a KPI that is not archived, within the organization's transaction, and returns it.
 *
 * @throws DomainError `not_found`
 */
export async function lockKpi(db: Transaction, kpiId: string): Promise<LockedKpi> {
  if (!isUuid(kpiId)) throw notFound("KPI");
  await awaitTurn(db, kpiId);
  const { rows } = await db.query<LockedKpi>(
    `select id, name, description, unit, target_value as target, direction, owner_id as "ownerId",
       needs_approval as "needsApproval", current_value as current, updates, last_updated_at as "lastUpdatedAt", version,
       created_at as "createdAt", updated_at as "updatedAt"
     from kpis where id = $1 and archived_at is null for no key update`,
    [kpiId],
  );
  if (!rows[0]) throw notFound("KPI");
  return rows[0];
}

export const kpiEntity = (kpi: LockedKpi): GoalEntity => ({
  type: "kpi",
  id: kpi.id,
  name: kpi.name,
  version: kpi.version,
  needsApproval: kpi.needsApproval,
  body: writePatch(kpiFields, kpi),
});
