import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { notFound } from "../errors.ts";
import { viewerOf } from "../actors/viewer.ts";
import { readRecords, type ApprovalRecord } from "./record.ts";

/**
 * Returns one request as it is now.
 *
 * @throws DomainError `not_found`
 */
export async function getApproval(
  context: Context<OrganizationPool>,
  requestId: string,
): Promise<ApprovalRecord> {
  const { services, organizationId, actor } = context;
  const [record] = await withRetries(() =>
    readRecords(services.app, [requestId], { organizationId, viewer: viewerOf(actor) }),
  );
  if (!record) throw notFound("Request");
  return record;
}
