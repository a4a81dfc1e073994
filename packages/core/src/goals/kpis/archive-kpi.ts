import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { refuseHeldArchiving } from "../change-control.ts";
import { lockKpi } from "./kpi.ts";

/**
 * Removes a KPI from every list, for good.
 *
 * @throws DomainError `not_found`; `forbidden`: the KPI is guarded, and only an admin may
 */
export async function archiveKpi(
  context: Context<InOrganization & NewIds>,
  kpiId: string,
): Promise<void> {
  await inOrganization(context, async (db) => {
    const kpi = await lockKpi(db, kpiId);
    refuseHeldArchiving(context.actor, kpi);
    await db.query("update kpis set archived_at = now() where id = $1", [kpi.id]);
    await recordEvent(db, context, "kpi.archived", { kpi_id: kpi.id, name: kpi.name });
  });
}
