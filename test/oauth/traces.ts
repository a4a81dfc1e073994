// The traces that the authorization server leaves in the database and on both servers.
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { api, type TestServices } from "@sayso/testkit";

export const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** Returns the reasons why the grants of these tokens were revoked; null for a grant that is active. */
export async function reasonsOf(
  services: TestServices,
  ...tokens: string[]
): Promise<(string | null)[]> {
  const rows = await services.sql<{ reason: string | null }>(
    `select distinct g.id, case when g.revoked_at is not null then g.revoked_reason end as reason
     from oauth_tokens t join oauth_grants g on g.id = t.grant_id where t.token_hash = any ($1)`,
    [tokens.map(hashOf)],
  );
  return rows.map((row) => row.reason);
}

/**
 * Resolves when every server refuses this credential, which was revoked just now.
 *
 * @throws if one of them accepts it more than a second later
 */
export async function isRefusedSoon(urls: readonly string[], credential: string): Promise<void> {
  const takenBackAt = performance.now();
  await Promise.all(
    urls.map(async (url) => {
      for (;;) {
        const askedAt = performance.now();
        const { status } = await api(url, credential).list();
        if (status === 401) return;
        if (status !== 200) throw new Error(`status ${status}`);
        if (askedAt - takenBackAt > 1000) throw new Error(`${url} takes it after a second`);
        await sleep(20);
      }
    }),
  );
}
