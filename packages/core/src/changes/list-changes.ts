import type { RequestStatus } from "../state-machine/state.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { readChanges, type Change, type ChangeState } from "./change.ts";

/** Which changes to list: of these statuses, or approved ones that their applier has not taken yet, or not at all. */
export type ChangeFilter =
  { statuses: readonly RequestStatus[] } | { state: Extract<ChangeState, "applying" | "failed"> };

/**
 * The organization's changes, newest first, without what they were applied to.
 *
 * @param before only those made before this one, by its id
 * @param limit 1–500
 */
export function listChanges(
  context: Context<InOrganization>,
  filter: ChangeFilter,
  before: string | null,
  limit: number,
): Promise<Change[]> {
  return inOrganization(
    context,
    async (db) => {
      const { rows } =
        "state" in filter
          ? await db.query<{ id: string }>(
              `select request_id as id from changes
               where organization_id = $1 and state = $2 and state in ('applying', 'failed')
                 and ($3::uuid is null or request_id < $3)
               order by request_id desc limit $4`,
              [context.organizationId, filter.state, before, limit],
            )
          : await db.query<{ id: string }>(ofStatuses, [
              context.organizationId,
              filter.statuses,
              before,
              limit,
            ]);
      const ids = rows.map(({ id }) => id);
      return readChanges(db, ids, { bodies: false });
    },
    { oneSnapshot: true },
  );
}

/** One range of requests_changes for each status. */
const ofStatuses = `
  select newest.id from unnest($2::text[]) as wanted (status) cross join lateral (
    select id from requests
    where organization_id = $1 and is_change and status = wanted.status and ($3::uuid is null or id < $3)
    order by id desc limit $4
  ) newest order by newest.id desc limit $4`;

/**
 * One change, as it is now.
 *
 * @throws DomainError `not_found`, also for a request that changes nothing by itself
 */
export async function getChange(context: Context<InOrganization>, id: string): Promise<Change> {
  const [change] = await inOrganization(context, (db) => readChanges(db, [id]), {
    oneSnapshot: true,
  });
  if (!change) throw notFound("Change");
  return change;
}
