import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { subscriptionColumns, visibleTo, type Subscription } from "./subscription.ts";

const LISTED_MAX = 1000;

/**
 * Lists the actor's own subscriptions, newest first; for an admin, those of the whole organization. The list contains
 * those that were switched off, but not those that were deleted.
 */
export function listSubscriptions(context: Context<InOrganization>): Promise<Subscription[]> {
  return select(context, "true", []);
}

/**
 * Returns one subscription that the actor sees.
 *
 * @throws DomainError `not_found`
 */
export async function getSubscription(
  context: Context<InOrganization>,
  subscriptionId: string,
): Promise<Subscription> {
  const [found] = await select(context, "id = $2", [subscriptionId]);
  if (!found) throw notFound("Subscription");
  return found;
}

function select(
  context: Context<InOrganization>,
  condition: string,
  values: string[],
): Promise<Subscription[]> {
  const visible = visibleTo(context.actor, 2 + values.length);
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<Subscription>(
      `select ${subscriptionColumns} from subscriptions
       where organization_id = $1 and deleted_at is null and ${condition} and ${visible.sql}
       order by created_at desc, id desc limit ${LISTED_MAX}`,
      [context.organizationId, ...values, ...visible.values],
    );
    return rows;
  });
}
