import type { RequestStatus } from "../requests/values.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { readChanges, type Change, type ChangeState } from "./change.ts";

/** A filter for changes: by the status of the request, or approved changes by the state of their applier's call. */
export type ChangeFilter =
  { statuses: readonly RequestStatus[] } | { state: Extract<ChangeState, "applying" | "failed"> };

/**
 * Lists the organization's changes, newest first. Their `before` and `after` are left out (null).
 *
 * @param before the id of a change: only changes that were proposed before it
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

/** Reads one range of the index requests_changes for each status. */
const ofStatuses = `
  select newest.id from unnest($2::text[]) as wanted (status) cross join lateral (
    select id from requests
    where organization_id = $1 and is_change and status = wanted.status and ($3::uuid is null or id < $3)
    order by id desc limit $4
  ) newest order by newest.id desc limit $4`;

/**
 * Returns one change, as it is now.
 *
 * @throws DomainError `not_found`, also for a request that is no change
 */
export async function getChange(context: Context<InOrganization>, id: string): Promise<Change> {
  const [change] = await inOrganization(context, (db) => readChanges(db, [id]), {
    oneSnapshot: true,
  });
  if (!change) throw notFound("Change");
  return change;
}
