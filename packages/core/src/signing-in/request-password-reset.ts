import { setTimeout as sleep } from "node:timers/promises";
import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailPasswordReset } from "./mail-password-reset.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { createOneTimeLink } from "./one-time-links.ts";
import { findEmailFault, tidyEmail } from "../people/person-input.ts";
import { chargeReset } from "./reset-throttle.ts";

/** The least duration of every answer: longer than the work for an existing person, with a mail to write. */
const ANSWER_AFTER_MS = 300;

/**
 * Mails a link for a new password (1 h) to the person with this e-mail address, if they exist, aren't disabled and are
 * a member of an organization. Neither the answer nor its duration reveals whether that was so.
 *
 * One person gets at most three links an hour. Their earlier links stay valid, so that a stranger who asks in their
 * name takes nothing from them. Does nothing where mail isn't configured.
 *
 * @param from.address the network address of the caller; thirty requests an hour from one network are processed
 * @throws DomainError `validation_failed` (not an e-mail address), `rate_limited` (details.retry_after_seconds),
 *   `unavailable`
 */
export async function requestPasswordReset(
  services: AcrossOrganizations & Mailing,
  from: { email: string; address?: string | null },
): Promise<void> {
  if (!services.mail.isEnabled) return;
  const email = tidyEmail(from.email);
  const fault = findEmailFault(email);
  if (fault) throw invalidInput(fault);
  const [work] = await Promise.allSettled([
    sendLink(services, email, from.address ?? null),
    sleep(ANSWER_AFTER_MS),
  ]);
  if (work.status === "rejected") throw work.reason;
}

interface Account {
  personId: string;
  name: string;
  email: string;
  organizationId: string;
}

async function sendLink(
  services: AcrossOrganizations & Mailing,
  email: string,
  address: string | null,
): Promise<void> {
  const waitSeconds = await inSystemTransaction(services, async (db) => {
    const seconds = await chargeReset(db, "network", address);
    if (seconds > 0) return seconds;
    const isFirst = (await chargeReset(db, "email", email)) === 0;
    const account = await lockAccount(db, email);
    // The address can be written in ways that the database treats as the same and JavaScript doesn't.
    const isFree = (await chargeReset(db, "person", account?.personId ?? email)) === 0;
    if (account && isFirst && isFree) await writeLink(db, services, account);
    return 0;
  });
  if (waitSeconds === 0) return;
  throw new DomainError(
    "rate_limited",
    "Too many new passwords were asked for from your network; try again later",
    { details: { retry_after_seconds: waitSeconds } },
  );
}

async function lockAccount(db: Transaction, email: string): Promise<Account | undefined> {
  const { rows } = await db.query<Account>(
    `select p.id as "personId", p.name, p.email, m.organization_id as "organizationId"
     from people p join lateral (
       select organization_id from memberships where person_id = p.id order by created_at, organization_id limit 1
     ) m on true
     where lower(p.email) = lower($1) and p.disabled_at is null for no key update of p`,
    [email],
  );
  return rows[0];
}

/** Writes the mail to the stored address, never to the one that was typed. */
async function writeLink(db: Transaction, services: Mailing, account: Account): Promise<void> {
  const { personId, organizationId, name, email } = account;
  const made = await createOneTimeLink(db, services.newId, {
    purpose: "password_reset",
    personId,
    organizationId,
    madeBy: null,
    keepsOlder: true,
  });
  const link = { ...made, url: `${services.publicUrl}/reset/${made.token}` };
  await mailPasswordReset(db, services, { organizationId, email, name, by: "self", link });
  const context: Context<Mailing> = { services, organizationId, actor: { kind: "system" } };
  await recordEvent(db, context, "person.password_reset_requested", {
    person_id: personId,
    by: "self",
  });
}
