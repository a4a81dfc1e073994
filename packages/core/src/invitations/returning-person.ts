import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing, Secrets, SystemPool } from "../capabilities.ts";
import { stopDecidingFor } from "../connections/stop-deciding.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { endCredentials } from "./end-credentials.ts";
import { verifyPassword } from "../signing-in/password.ts";
import { endAllSessions } from "../signing-in/sessions.ts";
import { bucketsOf, chargeAttempt, forgiveAttempt } from "../signing-in/sign-in-throttle.ts";

/** An account that is in no organization any more, and isn't disabled. */
interface ReturningPerson {
  id: string;
  passwordHash: string | null;
}

const inNoOrganization =
  "disabled_at is null and not exists (select from memberships m where m.person_id = people.id)";

/**
 * Returns the account with this address, if it is in no organization any more. Null: there is none, or it is in one.
 */
export async function readReturning(
  services: SystemPool,
  email: string,
): Promise<ReturningPerson | null> {
  const { rows } = await withRetries(() =>
    services.system.query<ReturningPerson>(
      `select id, password_hash as "passwordHash" from people where lower(email) = lower($1) and ${inNoOrganization}`,
      [email],
    ),
  );
  return rows[0] ?? null;
}

/**
 * Locks the account for the caller's transaction. Returns false where its password has changed, it was disabled, or it
 * is in an organization by now.
 */
export async function lockReturning(
  db: Transaction,
  { id, passwordHash }: ReturningPerson,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from people where id = $1 and password_hash is not distinct from $2 and ${inNoOrganization} for no key update`,
    [id, passwordHash],
  );
  return rowCount === 1;
}

/**
 * Checks the account's password. Counts as an attempt to sign in.
 *
 * @returns the hash of the account's password if this is it, otherwise null
 * @throws DomainError `rate_limited` (details.retry_after_seconds)
 */
export async function provePassword(
  services: AcrossOrganizations & Secrets,
  email: string,
  { id: personId, passwordHash }: ReturningPerson,
  given: { password: string; address: string | null; deviceToken: string | null },
): Promise<string | null> {
  const { address, deviceToken } = given;
  const buckets = bucketsOf(services, { email, personId, address, deviceToken });
  await chargeAttempt(services, buckets);
  if (!(await verifyPassword(given.password, passwordHash))) return null;
  await forgiveAttempt(services, buckets);
  return passwordHash;
}

/**
 * Gives the account another password, with the same effects as a link for a new password, in the caller's transaction.
 */
export async function storeOtherPassword(
  db: Transaction,
  context: Context<Mailing>,
  personId: string,
  passwordHash: string,
): Promise<void> {
  await db.query("update people set password_hash = $2 where id = $1", [personId, passwordHash]);
  await endAllSessions(db, personId);
  await endCredentials(db, context, { personId, reason: "password_changed" });
  await stopDecidingFor(db, context, { personId, reason: "password_changed" });
  await recordEvent(db, context, "person.password_set", {
    person_id: personId,
    purpose: "invitation",
  });
}
