import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { CYCLES_MAX } from "../cycles/cycle.ts";
import { reviewCycleColumns, type ReviewCycle } from "./review-cycle.ts";

/** Lists the organization's review cycles, newest first, at most 500. */
export async function listReviewCycles(context: Context<InOrganization>): Promise<ReviewCycle[]> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<ReviewCycle>(
      `select ${reviewCycleColumns} from review_cycles c order by c.created_at desc, c.id desc limit ${CYCLES_MAX}`,
    ),
  );
  return rows;
}
