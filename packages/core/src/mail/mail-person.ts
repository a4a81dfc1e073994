import { onlyRow } from "@sayso/database";
import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { Outbox } from "../capabilities.ts";
import { enqueueMail } from "./enqueue-mail.ts";

/** Returns the name and the address of an existing person. */
export async function readAddressee(
  db: Transaction,
  personId: string,
): Promise<{ name: string; email: string | null }> {
  const { rows } = await db.query<{ name: string; email: string | null }>(
    "select name, email from people where id = $1",
    [personId],
  );
  return onlyRow(rows);
}

/**
 * Puts a mail to a person into the outbox: a greeting, paragraphs, a button and a closing line. Does nothing where mail
 * isn't configured, or where the person has no address.
 */
export async function mailPerson(
  db: Transaction,
  { services, organizationId }: Context<Outbox>,
  to: { name: string; email: string | null },
  letter: {
    subject: string;
    paragraphs: readonly string[];
    action: { label: string; url: string };
    closing: string;
  },
): Promise<void> {
  if (to.email === null) return;
  const { subject, paragraphs, action, closing } = letter;
  await enqueueMail(db, services, {
    organizationId,
    recipient: to.email,
    letter: {
      subject,
      expiresAt: null,
      body: { paragraphs: [`Hello ${to.name},`, ...paragraphs], action, closing: [closing] },
    },
  });
}
