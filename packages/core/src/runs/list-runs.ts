import { countFitting } from "../approvals/record.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { readFlow } from "../flows/get-flow.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import {
  pageOf,
  walkSeen,
  walkSql,
  type Walk,
  type WalkedPage,
  type WalkedRow,
} from "../lists/walk.ts";
import { readRuns, type Run } from "./run.ts";

/**
 * A stretch of a flow's runs, newest first unless asked otherwise; shorter than asked where they are long. The runs of the flow that nobody made (its id is
 * the organization's) are the requests that no flow began.
 *
 * @throws DomainError `not_found`: the flow
 */
export function listRuns(
  context: Context<InOrganization>,
  flowId: string,
  walk: Walk,
): Promise<WalkedPage<Run>> {
  const { organizationId } = context;
  const { condition, tail, values } = walkSql(walk, 3);
  return inOrganization(
    context,
    async (db, seesEvery) => {
      const flow = await readFlow(db, organizationId, flowId);
      const isDefault = flowId === organizationId;
      const { rows } = seesEvery
        ? await db.query<WalkedRow>(
            `select id, created_at as "createdAt" from requests
             where organization_id = $1 and ${isDefault ? "flow_id is null and $2::uuid is not null" : "flow_id = $2"}
               and ${condition} ${tail}`,
            [organizationId, flowId, ...values],
          )
        : await walkSeen(db, isDefault ? { withoutFlow: true } : { flowId }, walk);
      const asked = rows.slice(0, walk.limit).map(({ id }) => id);
      const { items, next } = pageOf(rows, walk, await countFitting(db, asked));
      return {
        items: await readRuns(
          db,
          flow,
          items.map(({ id }) => id),
        ),
        next,
      };
    },
    { oneSnapshot: true },
  );
}
