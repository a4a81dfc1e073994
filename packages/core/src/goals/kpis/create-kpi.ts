import { kpiValues } from "@sayso/fields";
import { onlyRow } from "@sayso/database";
import type { Transaction } from "../../transactions/transaction.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { requireController } from "../change-control.ts";
import { field, readValues, requireFields } from "../fields.ts";
import { insertRow, requireMember } from "../stored-fields.ts";
import { kpiFields, readKpis, type Kpi, type KpiValues } from "./kpi.ts";

/** The fields of a new KPI. Default direction: `increase`. Without `current`, the KPI was never measured. */
export type NewKpi = Pick<KpiValues, "name" | "target"> &
  Partial<KpiValues> & { current?: number | null };

const newKpiFields = {
  ...kpiFields,
  current: field("current", kpiValues.current.nullable(), "current_value"),
};

/**
 * Creates a KPI.
 *
 * @throws DomainError `validation_failed`; `forbidden`: only an admin may guard it
 */
export function createKpi(context: Context<InOrganization & NewIds>, input: NewKpi): Promise<Kpi> {
  return inOrganization(context, async (db) => {
    const id = await insertKpi(db, context, input);
    return onlyRow(await readKpis(db, { id }, 1));
  });
}

/**
 * Creates a KPI in the caller's transaction, with its event.
 *
 * @returns the id
 * @throws DomainError `validation_failed`, `forbidden`
 */
export async function insertKpi(
  db: Transaction,
  context: Context<NewIds>,
  input: NewKpi,
): Promise<string> {
  const given = readValues(newKpiFields, input);
  const values = requireFields(newKpiFields, given, ["name", "target"]);
  requireController(context.actor, null, values.needsApproval);
  await requireMember(db, values.ownerId, "owner_id");
  const set = { direction: "increase" as const, ...values };
  const id = await insertRow(db, context, "kpis", newKpiFields, set);
  // The value that a KPI is created with counts as measured at that time.
  if (set.current !== undefined && set.current !== null)
    await db.query("update kpis set last_updated_at = created_at where id = $1", [id]);
  await recordEvent(db, context, "kpi.created", {
    kpi_id: id,
    name: set.name,
    current: set.current ?? null,
    target: set.target,
    unit: set.unit ?? null,
  });
  return id;
}
