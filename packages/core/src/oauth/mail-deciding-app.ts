import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import { mailPerson, readAddressee } from "../mail/mail-person.ts";

/** Mails a person that an app now votes in their name, in the transaction that allows it. */
export async function mailDecidingApp(
  db: Transaction,
  context: Context<Mailing>,
  app: { personId: string; name: string },
): Promise<void> {
  await mailPerson(db, context, await readAddressee(db, app.personId), {
    subject: `${app.name} can now vote in your name`,
    paragraphs: [
      `you authorized the app "${app.name}" to vote in your name: its votes now count as yours.`,
    ],
    action: { label: "View your apps", url: `${context.services.publicUrl}/account/apps` },
    closing: "If you did not expect this, revoke the app there and change your password.",
  });
}
