import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";
import { readRecords, type ApprovalRecord } from "./record.ts";

/**
 * One request, as it is now.
 *
 * @throws DomainError `not_found`
 */
export async function getApproval(context: Context, requestId: string): Promise<ApprovalRecord> {
  const [record] = await inOrganization(context, (db) => readRecords(db, [requestId]));
  if (!record) throw notFound("Request");
  return record;
}
