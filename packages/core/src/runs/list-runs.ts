import type { Context } from "../context.ts";
import { readFlow } from "../flows/get-flow.ts";
import { inOrganization } from "../in-organization.ts";
import { pageOf, walkSql, type Walk, type WalkedPage } from "./place.ts";
import { readRuns, type Run } from "./run.ts";

/**
 * A stretch of a flow's runs, newest first unless asked otherwise. The runs of the flow that nobody made (its id is
 * the organization's) are the requests that no flow began.
 *
 * @throws DomainError `not_found`: the flow
 */
export function listRuns(context: Context, flowId: string, walk: Walk): Promise<WalkedPage<Run>> {
  const { organizationId } = context;
  const { condition, tail, values } = walkSql(walk, 3);
  return inOrganization(
    context,
    async (db) => {
      const flow = await readFlow(db, organizationId, flowId);
      const { rows } = await db.query<{ id: string; createdAt: Date }>(
        `select id, created_at as "createdAt" from requests
         where organization_id = $1 and ${flowId === organizationId ? "flow_id is null and $2::uuid is not null" : "flow_id = $2"}
           and ${condition} ${tail}`,
        [organizationId, flowId, ...values],
      );
      const { items, next } = pageOf(rows, walk);
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
