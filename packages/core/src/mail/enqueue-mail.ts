import type { Transaction } from "../transactions/transaction.ts";
import type { Outbox } from "../capabilities.ts";
import { asSubject, type Letter } from "./mail.ts";

/**
 * Puts a mail into the outbox, in the transaction of the change that it is about. If that is rolled back, no mail is
 * sent. Does nothing where mail isn't configured.
 */
export async function enqueueMail(
  db: Transaction,
  services: Outbox,
  { organizationId, recipient, letter }: MailToSend,
): Promise<void> {
  if (!services.mail.isEnabled) return;
  db.noteWork();
  await db.query(
    `insert into mails (id, organization_id, recipient, subject, body, expires_at)
     values ($1, $2, $3, $4, $5, coalesce($6, now() + interval '3 days'))`,
    [
      services.newId(),
      organizationId,
      recipient,
      asSubject(letter.subject),
      services.secrets.seal(JSON.stringify(letter.body)),
      letter.expiresAt,
    ],
  );
}

export interface MailToSend {
  organizationId: string;
  /** An e-mail address. */
  recipient: string;
  letter: Letter;
}
