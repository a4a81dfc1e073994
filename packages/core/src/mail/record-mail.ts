import type { AcrossOrganizations, NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import type { ClaimedMail } from "./claim-mails.ts";
import { nextMailAttempt } from "./schedule.ts";

/** The outcome of an attempt to send a mail. */
export type MailOutcome =
  | { ok: true }
  | {
      ok: false;
      /** The error for the operator, without secrets. At most 500 characters are kept. */
      error: string;
      /** Says whether another attempt is useless, because the address doesn't exist. */
      isFinal: boolean;
    };

const ERROR_LENGTH_MAX = 500;

/**
 * Records the outcome of an attempt: sent, tried again later, or given up. The last adds `mail.failed` to the
 * organization's audit trail. The mail's body is deleted after its last attempt. A failure that is reported after
 * another claim took the mail changes nothing.
 */
export async function recordMail(
  services: AcrossOrganizations & NewIds,
  mail: ClaimedMail,
  outcome: MailOutcome,
  random: () => number = Math.random,
): Promise<void> {
  if (outcome.ok) {
    await services.system.query(
      "update mails set sent_at = now(), body = null, failed_at = null, last_error = null where organization_id = $2 and id = $1",
      [mail.id, mail.organizationId],
    );
    return;
  }
  const delayMs = outcome.isFinal ? null : nextMailAttempt(mail.attempt, random);
  const error = outcome.error.slice(0, ERROR_LENGTH_MAX);
  await inSystemTransaction(services, async (db) => {
    const { rows } = await db.query<{ is_over: boolean }>(
      `update mails m set last_error = $3, next_attempt_at = coalesce(next.at, m.next_attempt_at),
         failed_at = case when next.is_over then now() end, body = case when next.is_over then null else m.body end
       from (select id, now() + $4::float8 * interval '1 millisecond' as at,
                    coalesce(now() + $4::float8 * interval '1 millisecond' >= expires_at, true) as is_over
             from mails where organization_id = $5 and id = $1) next
       where m.organization_id = $5 and m.id = next.id and m.attempts = $2 and m.sent_at is null and m.failed_at is null
       returning m.failed_at is not null as is_over`,
      [mail.id, mail.attempt, error, delayMs, mail.organizationId],
    );
    if (!rows[0]?.is_over) return;
    await recordEvent(
      db,
      { services, organizationId: mail.organizationId, actor: { kind: "system" } },
      "mail.failed",
      { mail_id: mail.id, recipient: mail.recipient, attempts: mail.attempt, error },
    );
  });
}
