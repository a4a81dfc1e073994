import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { readKpis, type Kpi, type KpiFilter } from "./kpi.ts";

const KPIS_MAX = 500;

/** Lists the organization's KPIs, newest first, at most 500. Archived ones are left out. */
export const listKpis = (
  context: Context<InOrganization>,
  filter: Omit<KpiFilter, "id"> = {},
  limit: number = KPIS_MAX,
): Promise<Kpi[]> =>
  inOrganization(context, (db) => readKpis(db, filter, Math.min(limit, KPIS_MAX)));
