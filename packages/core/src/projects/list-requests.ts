import { countFitting, readRecords, type ApprovalRecord } from "../approvals/record.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import {
  pageOf,
  walkSeen,
  walkSql,
  type Walk,
  type WalkedPage,
  type WalkedRow,
} from "../lists/walk.ts";

/**
 * Lists one page of the organization's requests, newest first unless the walk says otherwise. A page ends before its
 * limit where the requests are long. It is also shorter by its log entries, which are left out because they have the
 * status approved although nobody decided them.
 *
 * @param externalId lists only requests with this reference; null: any
 */
export function listRequests(
  context: Context<InOrganization>,
  externalId: string | null,
  walk: Walk,
): Promise<WalkedPage<ApprovalRecord>> {
  const { condition, tail, values } = walkSql(walk, externalId === null ? 2 : 3);
  return inOrganization(
    context,
    async (db, seesEvery) => {
      const { rows } = seesEvery
        ? await db.query<WalkedRow>(
            `select id, created_at as "createdAt" from requests
             where organization_id = $1 ${externalId === null ? "" : "and external_id = $2"} and ${condition} ${tail}`,
            [context.organizationId, ...(externalId === null ? [] : [externalId]), ...values],
          )
        : await walkSeen(db, { externalId }, walk);
      const asked = rows.slice(0, walk.limit).map(({ id }) => id);
      const { items, next } = pageOf(rows, walk, await countFitting(db, asked));
      const records = await readRecords(
        db,
        items.map(({ id }) => id),
      );
      return { items: records.filter(({ isLog }) => !isLog), next };
    },
    { oneSnapshot: true },
  );
}
