import type { AcrossOrganizations, NewIds, Secrets, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DomainError } from "../errors.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { verifyPassword } from "./password.ts";
import { tidyEmail } from "../people/person-input.ts";
import { createSession, type Device } from "./sessions.ts";
import { bucketsOf, chargeAttempt, deviceTokenFor, forgiveAttempt } from "./sign-in-throttle.ts";

/** The person who has signed in, and the two secrets that their device keeps. */
export interface SignedIn {
  personId: string;
  organizationId: string;
  /** Proves the session. */
  sessionToken: string;
  /** Proves, at the next sign-in, that the person has signed in from this device before. It opens nothing by itself. */
  deviceToken: string;
}

interface Account {
  id: string;
  password_hash: string | null;
  is_disabled: boolean;
  organization_id: string | null;
}

/**
 * Signs a person in with e-mail and password, and makes a session in their oldest organization.
 *
 * An unknown address, an account without a password, a disabled one and a wrong password get the same answer after the
 * same work. Five failures in a row are free, then each has to wait longer: see sign-in-throttle.ts. A person who is in
 * no organization any more learns from the error how to come back, but only with the right password.
 *
 * @param attempt.deviceToken from an earlier sign-in on this device, null when there was none
 * @throws DomainError `unauthenticated`, `rate_limited` (details.retry_after_seconds)
 */
export async function signIn(
  services: AcrossOrganizations & Secrets & NewIds,
  attempt: { email: string; password: string; deviceToken: string | null } & Device,
): Promise<SignedIn> {
  const email = tidyEmail(attempt.email);
  const account = await findAccount(services, email);
  const buckets = bucketsOf(services, { ...attempt, email, personId: account?.id ?? null });
  await chargeAttempt(services, buckets);

  const isRight = await verifyPassword(attempt.password, account?.password_hash ?? null);
  if (!isRight || !account?.password_hash || account.is_disabled) throw notRight();
  const passwordHash = account.password_hash;
  if (!account.organization_id) {
    await forgiveAttempt(services, buckets);
    throw new DomainError(
      "unauthenticated",
      "You are no longer a member of any organization. If you are invited again, open the invitation's link and enter this password there",
    );
  }
  const of = { personId: account.id, organizationId: account.organization_id };
  const sessionToken = await inSystemTransaction(services, (db) =>
    createSession(db, services.newId, {
      ...of,
      passwordHash,
      userAgent: attempt.userAgent,
      address: attempt.address,
    }),
  );
  if (!sessionToken) throw notRight();
  await forgiveAttempt(services, buckets);
  return {
    ...of,
    sessionToken,
    deviceToken: deviceTokenFor(services, account.id, attempt.deviceToken),
  };
}

async function findAccount(services: SystemPool, email: string): Promise<Account | undefined> {
  // PostgreSQL takes no NUL, and no address has one.
  if (email.includes("\0")) return undefined;
  const { rows } = await withRetries(() =>
    services.system.query<Account>({
      name: "find_account",
      text: `select p.id, p.password_hash, p.disabled_at is not null as is_disabled,
               (select m.organization_id from memberships m where m.person_id = p.id
                order by m.created_at, m.organization_id limit 1) as organization_id
             from people p where lower(p.email) = lower($1)`,
      values: [email],
    }),
  );
  return rows[0];
}

const notRight = (): DomainError =>
  new DomainError("unauthenticated", "The email address or the password is wrong");
