import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * The people who see a request. `everyone`: every member and every connection. `involved`: its askers, the approvers,
 * everybody who took part in it, and the organization's admins.
 */
export type RequestVisibility = "everyone" | "involved";

export interface Organization {
  id: string;
  name: string;
  /** Nobody approves what they, or a connection of theirs, asked for. */
  fourEyes: boolean;
  requestVisibility: RequestVisibility;
  createdAt: Date;
}

/** Returns the caller's organization. */
export function getOrganization(context: Context<InOrganization>): Promise<Organization> {
  return inOrganization(context, (db) => readOrganization(db, context.organizationId));
}

/**
 * Reads an organization within its transaction.
 *
 * @throws DomainError `not_found`
 */
export async function readOrganization(
  db: Transaction,
  organizationId: string,
): Promise<Organization> {
  const { rows } = await db.query<Organization>(
    `select id, name, four_eyes as "fourEyes", request_visibility as "requestVisibility",
       created_at as "createdAt" from organizations where id = $1`,
    [organizationId],
  );
  if (!rows[0]) throw notFound("Organization");
  return rows[0];
}
