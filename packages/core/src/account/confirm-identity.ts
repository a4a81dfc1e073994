import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, PublicAddress, Secrets, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { verifyPassword } from "../signing-in/password.ts";
import { requireSession } from "../passkeys/passkey.ts";
import { provePasskey, type PasskeyProof } from "../passkeys/prove-passkey.ts";
import { bucketsOf, chargeAttempt, forgiveAttempt } from "../signing-in/sign-in-throttle.ts";

/** The calling person's proof of identity: their password, or one of their passkeys. */
export type IdentityProof =
  | {
      password: string;
      /** As for `signIn`: it selects the count of failures, as `address` does. */
      deviceToken: string | null;
      address: string | null;
    }
  | { passkey: PasskeyProof };

/**
 * Records that the signed-in person has just proven their identity again. For 15 minutes their session can then do what
 * needs a recent proof. A wrong password counts as a failed sign-in, so that an open session is no way to guess it.
 *
 * @throws DomainError `forbidden` (not a signed-in person, or no longer), `validation_failed` (with the field
 *   `password`), `unauthenticated` (this passkey is not theirs, or proved nothing), `rate_limited`
 *   (details.retry_after_seconds)
 */
export async function confirmIdentity(
  context: Context<AcrossOrganizations & Secrets & PublicAddress>,
  proof: IdentityProof,
): Promise<void> {
  const { services } = context;
  const { personId, sessionId } = requireSession(context);
  if ("passkey" in proof) {
    const passkey = await provePasskey(services, proof.passkey);
    if (passkey.personId !== personId)
      throw new DomainError("unauthenticated", "This passkey is somebody else's; use your own");
    return inSystemTransaction(services, async (db) => {
      await passkey.use(db);
      await noteProof(db, personId, sessionId, "true");
    });
  }
  const { email, passwordHash } = await readAccount(context, personId);
  const buckets = bucketsOf(services, { ...proof, email: email ?? "", personId });
  await chargeAttempt(services, buckets);
  if (!(await verifyPassword(proof.password, passwordHash)))
    throw invalidInput({ field: "password", message: "This is not your password" });
  await forgiveAttempt(services, buckets);
  // A password that was changed meanwhile proves nothing.
  await inSystemTransaction(services, (db) =>
    noteProof(
      db,
      personId,
      sessionId,
      "exists (select from people p where p.id = $2 and p.password_hash = $3)",
      passwordHash,
    ),
  );
}

async function noteProof(
  db: Transaction,
  personId: string,
  sessionId: string | undefined,
  condition: string,
  ...values: unknown[]
): Promise<void> {
  const { rowCount } = await db.query(
    `update sessions set proven_at = now()
     where id = $1 and person_id = $2 and expires_at > now() and ${condition}`,
    [sessionId, personId, ...values],
  );
  if (rowCount === 0) throw new DomainError("forbidden", "You have been signed out; sign in again");
}

async function readAccount(
  { services }: Context<SystemPool>,
  personId: string,
): Promise<{ email: string | null; passwordHash: string | null }> {
  const { rows } = await withRetries(() =>
    services.system.query<{ email: string | null; passwordHash: string | null }>(
      `select email, password_hash as "passwordHash" from people where id = $1 and disabled_at is null`,
      [personId],
    ),
  );
  return rows[0] ?? { email: null, passwordHash: null };
}
