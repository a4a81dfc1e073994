import { randomBytes } from "node:crypto";
import { isObject } from "@sayso/exact-json";
import { hashSecret } from "../credentials/api-key.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/** The holder of a challenge: the person who adds a passkey, or the browser of a person who is not known yet. */
export type ChallengeHolder = { personId: string } | { browserToken: string };

/** The time in which a challenge can be answered. */
export const CHALLENGE_MINUTES = 5;

/**
 * Makes a challenge: 256 random bits, of which only the SHA-256 is stored. Also deletes up to 100 expired challenges of
 * anybody.
 */
export async function createChallenge(
  services: SystemPool,
  holder: ChallengeHolder,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = new Uint8Array(randomBytes(32));
  await withRetries(() =>
    services.system.query(
      `with expired as (
         delete from passkey_challenges where challenge_hash in (
           select challenge_hash from passkey_challenges where expires_at <= now() limit 100 for update skip locked)
       )
       insert into passkey_challenges (challenge_hash, person_id, browser_hash, expires_at)
       values ($1, $2, $3, now() + make_interval(mins => ${CHALLENGE_MINUTES}))`,
      [hashSecret(Buffer.from(challenge).toString("base64url")), ...columnsOf(holder)],
    ),
  );
  return challenge;
}

/**
 * Returns the challenge that the browser's client data answers (base64url). This call uses it up, whatever the outcome.
 * Null when it was never made for this holder, has been used or is older than 5 minutes.
 */
export async function takeChallenge(
  services: SystemPool,
  clientDataJSON: string,
  holder: ChallengeHolder,
): Promise<string | null> {
  const challenge = readChallenge(clientDataJSON);
  if (challenge === null) return null;
  const { rows } = await withRetries(() =>
    services.system.query<{ isFresh: boolean }>(
      `delete from passkey_challenges
       where challenge_hash = $1 and person_id is not distinct from $2 and browser_hash is not distinct from $3
       returning expires_at > now() as "isFresh"`,
      [hashSecret(challenge), ...columnsOf(holder)],
    ),
  );
  return rows[0]?.isFresh ? challenge : null;
}

const columnsOf = (holder: ChallengeHolder): [string | null, Buffer | null] =>
  "personId" in holder ? [holder.personId, null] : [null, hashSecret(holder.browserToken)];

function readChallenge(clientDataJSON: string): string | null {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString());
    return isObject(data) && typeof data.challenge === "string" ? data.challenge : null;
  } catch {
    return null;
  }
}
