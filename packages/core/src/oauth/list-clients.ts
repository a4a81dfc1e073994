import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { clientColumns, readClient, type OAuthClient } from "./client.ts";

/**
 * Returns the organization's apps, newest first, at most 1,000. It leaves out apps that registered themselves.
 *
 * @throws DomainError `forbidden`: only an admin may
 */
export async function listClients(context: Context<InOrganization>): Promise<OAuthClient[]> {
  requireAdmin(context.actor, "see the apps");
  const { rows } = await inOrganization(context, (db) =>
    db.query<OAuthClient>(
      `select ${clientColumns} from oauth_clients c left join people p on p.id = c.created_by
       where c.organization_id = $1 and c.deleted_at is null order by c.created_at desc, c.id desc limit 1000`,
      [context.organizationId],
    ),
  );
  return rows;
}

/**
 * Returns one app of the organization.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`
 */
export async function getClient(
  context: Context<InOrganization>,
  clientId: string,
): Promise<OAuthClient> {
  requireAdmin(context.actor, "see the apps");
  return inOrganization(context, (db) => readClient(db, clientId));
}
