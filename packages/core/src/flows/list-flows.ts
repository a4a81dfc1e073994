import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { pageOf, walkSql, type Walk, type WalkedPage } from "../lists/walk.ts";
import { flowColumns, flowRows, type Flow, type FlowStatus, type ObjectAction } from "./flow.ts";

/** A filter for flows. An absent field means any. */
export interface FlowFilter {
  status?: FlowStatus;
  objectType?: string;
  objectAction?: ObjectAction;
  /** The tags that a flow must have, all of them. A tag without a value stands for its key with any value. */
  tags?: { key: string; value?: string }[];
}

/** Lists one page of the organization's flows, newest first unless the walk says otherwise. */
export function listFlows(
  context: Context<InOrganization>,
  filter: FlowFilter,
  walk: Walk,
): Promise<WalkedPage<Flow>> {
  const { condition, tail, values } = walkSql(walk, 6);
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<Flow>(
      `select ${flowColumns} from (${flowRows}) f
       where ($2::text is null or status = $2) and ($3::text is null or object_type = $3)
         and ($4::text is null or object_action = $4) and ($5::jsonb is null or tags @> $5) and ${condition}
       ${tail}`,
      [
        context.organizationId,
        filter.status ?? null,
        filter.objectType ?? null,
        filter.objectAction ?? null,
        filter.tags ? JSON.stringify(filter.tags) : null,
        ...values,
      ],
    );
    return pageOf(rows, walk);
  });
}
