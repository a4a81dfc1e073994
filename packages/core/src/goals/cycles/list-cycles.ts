import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { CYCLES_MAX, cycleColumns, type Cycle } from "./cycle.ts";

/** Lists the organization's cycles, the latest start first. */
export async function listCycles(context: Context<InOrganization>): Promise<Cycle[]> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<Cycle>(
      `select ${cycleColumns} from goal_cycles order by starts_on desc, id desc limit ${CYCLES_MAX}`,
    ),
  );
  return rows;
}
