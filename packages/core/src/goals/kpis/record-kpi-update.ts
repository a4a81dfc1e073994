import { kpiUpdateValues } from "@sayso/fields";
import { onlyRow } from "@sayso/database";
import { referTo } from "../../actors/actor.ts";
import { meansBeside } from "../../actors/name-actor.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { statusOfKpi } from "../goal-status.ts";
import { lockKpi } from "./kpi.ts";
import type { KpiUpdate } from "./list-kpi-updates.ts";
import { blankAsNull, field, readValues, requireFields } from "../fields.ts";

const updateFields = {
  value: field("value", kpiUpdateValues.value),
  comment: field("comment", blankAsNull(kpiUpdateValues.comment.nullable())),
};

/**
 * Records a new measurement of a KPI. Updates of one KPI wait for one another, so each holds the value of the one
 * before, and none is lost.
 *
 * @throws DomainError `not_found`, `validation_failed`
 */
export async function recordKpiUpdate(
  context: Context<InOrganization & NewIds>,
  kpiId: string,
  input: { value: number; comment?: string | null },
): Promise<Omit<KpiUpdate, "by">> {
  const given = readValues(updateFields, input);
  const { value, comment = null } = requireFields(updateFields, given, ["value"]);
  const { services, organizationId } = context;
  return inOrganization(context, async (db) => {
    const present = await lockKpi(db, kpiId);
    // Takes the clock after the lock, so that of two updates at once the second has the later time.
    const { rows } = await db.query<{ createdAt: Date }>(
      `update kpis set current_value = $2, updates = updates + 1,
         last_updated_at = greatest(clock_timestamp(), last_updated_at)
       where id = $1 returning last_updated_at as "createdAt"`,
      [present.id, value],
    );
    const update = {
      id: services.newId(),
      kpiId: present.id,
      sequence: present.updates + 1,
      previousValue: present.current,
      newValue: value,
      comment,
      createdAt: onlyRow(rows).createdAt,
    };
    const by = referTo(context.actor);
    await db.query(
      `insert into kpi_updates (id, organization_id, kpi_id, sequence, previous_value, new_value, comment,
         actor_kind, actor_id, created_at, via)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        update.id,
        organizationId,
        update.kpiId,
        update.sequence,
        update.previousValue,
        value,
        comment,
        by.kind,
        by.id,
        update.createdAt,
        meansBeside(context.actor),
      ],
    );
    await recordEvent(db, context, "kpi.updated", {
      kpi_update_id: update.id,
      kpi_id: present.id,
      name: present.name,
      previous_value: present.current,
      new_value: value,
      target: present.target,
      unit: present.unit,
      status: statusOfKpi({ ...present, current: value }),
      comment,
    });
    return update;
  });
}
