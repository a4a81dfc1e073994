import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { readKpis, type Kpi } from "./kpi.ts";

/**
 * Returns one KPI.
 *
 * @throws DomainError `not_found`, also for an archived one
 */
export async function getKpi(context: Context<InOrganization>, kpiId: string): Promise<Kpi> {
  if (!isUuid(kpiId)) throw notFound("KPI");
  const [kpi] = await inOrganization(context, (db) => readKpis(db, { id: kpiId }, 1));
  if (!kpi) throw notFound("KPI");
  return kpi;
}
