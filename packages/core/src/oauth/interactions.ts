import { hashSecret } from "../credentials/api-key.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/**
 * Stores the state of somebody who is between "connect" and "allow"; saving again replaces it. `id` is stored as
 * SHA-256.
 */
export async function saveInteraction(
  services: SystemPool,
  id: string,
  payload: Record<string, unknown>,
  expiresInSeconds: number,
): Promise<void> {
  await withRetries(() =>
    services.system.query(
      `insert into oauth_interactions (id_hash, payload, expires_at) values ($1, $2, now() + make_interval(secs => $3))
       on conflict (id_hash) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
      [hashSecret(id), JSON.stringify(payload), expiresInSeconds],
    ),
  );
}

/** Returns the stored state; null when the interaction has ended or expired. */
export async function findInteraction(
  services: SystemPool,
  id: string,
): Promise<Record<string, unknown> | null> {
  const { rows } = await withRetries(() =>
    services.system.query<{ payload: Record<string, unknown> }>(
      "select payload from oauth_interactions where id_hash = $1 and expires_at > now()",
      [hashSecret(id)],
    ),
  );
  return rows[0]?.payload ?? null;
}

/** Ends an interaction. Ending it twice is fine. */
export async function endInteraction(services: SystemPool, id: string): Promise<void> {
  await withRetries(() =>
    services.system.query("delete from oauth_interactions where id_hash = $1", [hashSecret(id)]),
  );
}
