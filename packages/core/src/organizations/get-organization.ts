import type { PoolClient } from "pg";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";

export interface Organization {
  id: string;
  name: string;
  /** Nobody approves what they, or a connection of theirs, asked for. */
  fourEyes: boolean;
  createdAt: Date;
}

/** The caller's organization. */
export function getOrganization(context: Context): Promise<Organization> {
  return inOrganization(context, (db) => readOrganization(db, context.organizationId));
}

/** Reads it within its transaction. */
export async function readOrganization(
  db: PoolClient,
  organizationId: string,
): Promise<Organization> {
  const { rows } = await db.query<Organization>(
    `select id, name, four_eyes as "fourEyes", created_at as "createdAt" from organizations where id = $1`,
    [organizationId],
  );
  if (!rows[0]) throw notFound("Organization");
  return rows[0];
}
