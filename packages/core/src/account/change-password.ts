import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing, Secrets, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DomainError, invalidInput, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { stopDecidingFor } from "../connections/stop-deciding.ts";
import { endCredentials } from "../invitations/end-credentials.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { lockPeople } from "../people/lock-people.ts";
import { findPasswordFault, hashPassword, verifyPassword } from "../signing-in/password.ts";
import { requireSignedIn } from "../actors/require-signed-in.ts";
import { bucketsOf, chargeAttempt, forgiveAttempt } from "../signing-in/sign-in-throttle.ts";

/** A new password, from a person who knows the present one. */
export interface ChangedPassword {
  currentPassword: string;
  newPassword: string;
  /** The session that stays signed in. */
  keepSessionId: string;
  /** As for `signIn`: they select the count of failures. Default: no device is known, and no address. */
  deviceToken?: string | null;
  address?: string | null;
}

/**
 * Gives the calling person another password. In the same transaction, in every organization, all their other sessions
 * end, their personal tokens and grants are revoked, their connections no longer vote, and their unused links are
 * deleted.
 *
 * A wrong current password counts as a failed sign-in, so that an open session is no way to guess it.
 *
 * @throws DomainError `forbidden` (a machine, a token, an app), `validation_failed` (with the field `newPassword` or
 *   `currentPassword`), `rate_limited` (details.retry_after_seconds), `invalid_state` (has no password yet), `conflict`
 *   (it was changed at the same moment)
 */
export async function changePassword(
  context: Context<AcrossOrganizations & Mailing>,
  input: ChangedPassword,
): Promise<void> {
  const { services } = context;
  const { personId } = requireSignedIn(context.actor, "change their password");
  const { email, passwordHash } = await readAccount(context, personId);
  const fault = findPasswordFault(input.newPassword, email);
  if (fault !== null) throw invalidInput({ field: "newPassword", message: fault });
  await proveCurrent(context, personId, email, passwordHash, input);
  const newHash = await hashPassword(input.newPassword);
  await inSystemTransaction(services, async (db) => {
    await lockPeople(db, [personId]);
    const { rowCount } = await db.query(
      "update people set password_hash = $3 where id = $1 and password_hash = $2 and disabled_at is null",
      [personId, passwordHash, newHash],
    );
    if (rowCount === 0)
      throw new DomainError("conflict", "Your password was changed a moment ago; sign in with it");
    await db.query("delete from sessions where person_id = $1 and id::text <> $2", [
      personId,
      input.keepSessionId,
    ]);
    await endCredentials(db, context, { personId, reason: "password_changed" });
    await stopDecidingFor(db, context, { personId, reason: "password_changed" });
    await recordEvent(db, context, "person.password_changed", { person_id: personId });
  });
}

async function readAccount(
  { services }: Context<SystemPool>,
  personId: string,
): Promise<{ email: string; passwordHash: string }> {
  const { rows } = await withRetries(() =>
    services.system.query<{ email: string | null; passwordHash: string | null }>(
      `select email, password_hash as "passwordHash" from people where id = $1 and disabled_at is null`,
      [personId],
    ),
  );
  if (!rows[0]) throw notFound("Person");
  const { email, passwordHash } = rows[0];
  if (email === null || passwordHash === null)
    throw new DomainError(
      "invalid_state",
      "You have no password yet; ask for a link to choose one",
    );
  return { email, passwordHash };
}

async function proveCurrent(
  { services }: Context<AcrossOrganizations & Secrets>,
  personId: string,
  email: string,
  passwordHash: string,
  { currentPassword, deviceToken = null, address = null }: ChangedPassword,
): Promise<void> {
  const buckets = bucketsOf(services, { email, personId, deviceToken, address });
  await chargeAttempt(services, buckets);
  if (!(await verifyPassword(currentPassword, passwordHash)))
    throw invalidInput({ field: "currentPassword", message: "This is not your current password" });
  await forgiveAttempt(services, buckets);
}
