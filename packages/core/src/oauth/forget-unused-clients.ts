import type { SystemPool } from "../capabilities.ts";

/** The days after which a self-registered app that nobody ever allowed is deleted. */
const NEVER_ALLOWED_DAYS = 7;
/**
 * The days after its last use at which a self-registered app that nobody allows any more ends: the lifetime of a
 * refresh token.
 */
const NOT_ALLOWED_DAYS = 180;
const AT_ONCE = 1000;

/**
 * Deletes apps that registered themselves and that nobody uses. Such an app has to register again, which clients do
 * when they read `invalid_client`. Apps that an admin registered stay.
 */
export async function forgetUnusedClients({ system }: SystemPool): Promise<void> {
  await system.query(
    `delete from oauth_clients where id in (
       select c.id from oauth_clients c
       where c.organization_id is null and c.created_at < now() - make_interval(days => $1)
         and not exists (select from oauth_grants g where g.client_id = c.id)
       order by c.created_at limit $2 for update skip locked)`,
    [NEVER_ALLOWED_DAYS, AT_ONCE],
  );
  await system.query(
    `update oauth_clients set deleted_at = now() where id in (
       select c.id from oauth_clients c
       where c.organization_id is null and c.deleted_at is null and c.created_at < now() - make_interval(days => $1)
         and not exists (
           select from oauth_grants g where g.client_id = c.id
             and (g.revoked_at is null or greatest(g.last_used_at, g.revoked_at) > now() - make_interval(days => $1)))
       order by c.created_at limit $2 for update skip locked)`,
    [NOT_ALLOWED_DAYS, AT_ONCE],
  );
}
