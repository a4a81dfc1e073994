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
 * Lists one page of a flow's runs, newest first unless the walk says otherwise. A page ends before its limit where the
 * runs are long. The runs of the default flow, which has the organization's id, are the requests that no flow began.
 *
 * @throws DomainError `not_found`: there is no such flow
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
