import type { PoolClient } from "pg";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * Who sees a request: every member and every connection, or those who asked it, are asked by it or took part in it, and
 * whoever administers the organization.
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

/** The caller's organization. */
export function getOrganization(context: Context<InOrganization>): Promise<Organization> {
  return inOrganization(context, (db) => readOrganization(db, context.organizationId));
}

/** Reads it within its transaction. */
export async function readOrganization(
  db: PoolClient,
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
