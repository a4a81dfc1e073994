import type { SystemPool } from "../capabilities.ts";

/**
 * Deletes expired interactions, and codes and tokens that expired more than a day ago. A used refresh token stays until
 * it would have expired, so that its reuse is noticed.
 */
export async function forgetExpiredTokens(services: SystemPool): Promise<void> {
  await services.system.query(
    "delete from oauth_tokens where expires_at < now() - interval '1 day'",
  );
  await services.system.query("delete from oauth_interactions where expires_at < now()");
}
