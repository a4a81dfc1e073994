import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { flowColumns, flowRows, type Flow } from "./flow.ts";

/**
 * Returns one flow, also a deleted one.
 *
 * @throws DomainError `not_found`
 */
export function getFlow(context: Context<InOrganization>, flowId: string): Promise<Flow> {
  return inOrganization(context, (db) => readFlow(db, context.organizationId, flowId));
}

/**
 * Returns one flow, also a deleted one, within the organization's transaction.
 *
 * @throws DomainError `not_found`
 */
export async function readFlow(
  db: Transaction,
  organizationId: string,
  flowId: string,
): Promise<Flow> {
  const { rows } = await db.query<Flow>(
    `select ${flowColumns} from (${flowRows}) f where f.id = $2`,
    [organizationId, flowId],
  );
  if (!rows[0]) throw notFound("Approval flow");
  return rows[0];
}
