import { onlyRow } from "@sayso/database";
import type { Transaction } from "../../transactions/transaction.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordDirectEdit } from "../../entities/record-direct-edit.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { isHeld, requireController, requireVersion, type Updated } from "../change-control.ts";
import { changesOf, readValues, writePatch } from "../fields.ts";
import { requireMember, updateRow } from "../stored-fields.ts";
import {
  kpiEntity,
  kpiFields,
  lockKpi,
  readKpis,
  type Kpi,
  type KpiValues,
  type LockedKpi,
} from "./kpi.ts";

/**
 * Changes the given fields of a KPI, its target for instance. Absent fields stay as they are. A new value is recorded
 * by `recordKpiUpdate` instead. If the KPI is guarded, only an admin's change is applied at once. For others nothing is
 * changed, and the result says what to ask an approver for.
 *
 * @param expectedVersion the version that the caller read; undefined: accepts any version
 * @throws DomainError `not_found`, `validation_failed`; `conflict` (the KPI is at another version than expected);
 *   `forbidden`: only an admin may guard a KPI, or end that
 */
export function updateKpi(
  context: Context<InOrganization & NewIds>,
  kpiId: string,
  given: Partial<KpiValues>,
  expectedVersion?: number,
): Promise<Updated<Kpi>> {
  return inOrganization(context, async (db) => {
    const present = await lockKpi(db, kpiId);
    requireVersion(present, expectedVersion);
    const changes = changesOf<KpiValues>(present, readValues(kpiFields, given));
    await checkKpiChanges(db, context, present, changes);
    if (isHeld(context.actor, present) && Object.keys(changes).length > 0)
      return { isHeld: true, entity: kpiEntity(present), patch: writePatch(kpiFields, changes) };
    await applyKpiUpdate(db, context, present, changes);
    await recordDirectEdit(db, context, kpiEntity(present), kpiEntity({ ...present, ...changes }));
    const goal = onlyRow(await readKpis(db, { id: present.id }, 1));
    return { isHeld: false, goal };
  });
}

/**
 * Checks that the actor may make these changes, and that a new owner is a member.
 *
 * @throws DomainError `validation_failed`, `forbidden`
 */
export async function checkKpiChanges(
  db: Transaction,
  { actor }: Context,
  present: LockedKpi,
  changes: Partial<KpiValues>,
): Promise<void> {
  requireController(actor, present, changes.needsApproval);
  await requireMember(db, changes.ownerId, "owner_id");
}

/** Changes a locked KPI, with its event, in the caller's transaction. The caller has checked the changes. */
export async function applyKpiUpdate(
  db: Transaction,
  context: Context<NewIds>,
  present: LockedKpi,
  changes: Partial<KpiValues>,
): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  await updateRow(db, "kpis", present.id, kpiFields, changes, [
    "version = version + 1",
    "updated_at = now()",
  ]);
  await recordEvent(db, context, "kpi.changed", {
    kpi_id: present.id,
    name: changes.name ?? present.name,
    version: present.version + 1,
    changes: writePatch(kpiFields, changes),
  });
}
