import type { Transaction } from "../../transactions/transaction.ts";
import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { invalidInput, notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { toBy, type By, type StoredBy } from "../check-ins/check-in.ts";
import { madeBy } from "../check-ins/list-check-ins.ts";

/** One event of a goal, as the audit trail records it. */
export interface GoalTimelineEntry {
  /** The event's id. */
  id: string;
  /** The type of the event: `checkin.recorded`, `key_result.updated`, `kpi.changed`, … */
  type: string;
  /** The data of the event. docs/guides/goals.md lists the events of goals. */
  data: Readonly<Record<string, unknown>>;
  by: By;
  createdAt: Date;
}

export interface GoalTimelinePage {
  entries: GoalTimelineEntry[];
  hasMore: boolean;
}

/** The kind of a timeline: of an objective with its key results, or of a KPI. */
type Subject = "objective" | "kpi";

const tables: Record<Subject, { table: string; name: string }> = {
  objective: { table: "objectives", name: "Objective" },
  kpi: { table: "kpis", name: "KPI" },
};

/**
 * Lists one page of the events of an objective and its key results, or of a KPI, newest first: created, changed,
 * checked in, archived.
 *
 * @param page.before the id of the last entry of the page before; undefined: begins with the newest
 * @param page.limit 1–100
 * @throws DomainError `not_found`, also for an archived goal; `validation_failed` (`before` is no entry of this
 *   timeline)
 */
export async function listGoalTimeline(
  context: Context<InOrganization>,
  subject: Subject,
  goalId: string,
  page: { before?: string; limit: number },
): Promise<GoalTimelinePage> {
  const { table, name } = tables[subject];
  if (!isUuid(goalId)) throw notFound(name);
  const id = goalId.toLowerCase();
  return inOrganization(
    context,
    async (db) => {
      const found = await db.query(`select from ${table} where id = $1 and archived_at is null`, [
        id,
      ]);
      if (found.rowCount === 0) throw notFound(name);
      const after = page.before === undefined ? null : await placeOf(db, context, id, page.before);
      const { rows } = await db.query<Omit<GoalTimelineEntry, "by"> & { by: StoredBy }>(
        READ_TIMELINE,
        [context.organizationId, id, after, page.before ?? null, page.limit + 1],
      );
      const entries = rows.slice(0, page.limit).map((entry) => ({ ...entry, by: toBy(entry.by) }));
      return { entries, hasMore: rows.length > page.limit };
    },
    { oneSnapshot: true },
  );
}

const READ_TIMELINE = `
  select e.id, e.type, e.data, e.created_at as "createdAt", ${madeBy("e", "e.data -> 'via'")} as by
  from (
    select event_id, created_at from goal_events
    where organization_id = $1 and goal_id = $2 and ($3::timestamptz is null or (created_at, event_id) < ($3, $4::uuid))
    order by created_at desc, event_id desc limit $5
  ) g
  join events e on e.id = g.event_id
  order by g.created_at desc, g.event_id desc`;

async function placeOf(
  db: Transaction,
  { organizationId }: Context,
  goalId: string,
  entryId: string,
): Promise<Date> {
  const { rows } = isUuid(entryId)
    ? await db.query<{ createdAt: Date }>(
        `select created_at as "createdAt" from goal_events
         where organization_id = $1 and goal_id = $2 and event_id = $3`,
        [organizationId, goalId, entryId],
      )
    : { rows: [] };
  if (!rows[0])
    throw invalidInput({
      field: "before",
      message: "before must be the id of an entry of this timeline",
    });
  return rows[0].createdAt;
}
