import { setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing, WorkHint } from "../capabilities.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailPasswordReset } from "./mail-password-reset.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { createOneTimeLink } from "./one-time-links.ts";
import { findEmailFault, tidyEmail } from "../people/person-input.ts";
import { chargeReset } from "./reset-throttle.ts";

/** Every answer takes at least so long: longer than the work for somebody who exists, with a mail to write. */
const ANSWER_AFTER_MS = 300;

/**
 * Mails a link for a new password (1 h) to the person with this e-mail address, if there is one, they are not disabled
 * and a member somewhere. Nothing tells whether that was so: neither the answer nor how long it takes.
 *
 * At most three an hour go to one person; links that they have already stay alive, so that a stranger who asks in their
 * name takes nothing from them. Does nothing where mail isn't configured.
 *
 * @param from.address the network address of whoever asks; from one network, thirty an hour are looked at
 * @throws DomainError `validation_failed` (not an e-mail address), `rate_limited` (details.retry_after_seconds),
 *   `unavailable`
 */
export async function requestPasswordReset(
  services: AcrossOrganizations & Mailing & WorkHint,
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
  services.wakeWorker();
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
    // The address may be written in ways that the database takes for the same and JavaScript doesn't.
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

async function lockAccount(db: PoolClient, email: string): Promise<Account | undefined> {
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

/** To the stored address, never to the one that was typed. */
async function writeLink(db: PoolClient, services: Mailing, account: Account): Promise<void> {
  const { personId, organizationId, name, email } = account;
  const made = await createOneTimeLink(db, services.newId, {
    purpose: "password_reset",
    personId,
    organizationId,
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
