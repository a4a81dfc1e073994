import type { Transaction } from "../transactions/transaction.ts";
import type { AgreedVia } from "../actors/recent-proof.ts";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import { mailPerson, readAddressee } from "../mail/mail-person.ts";

/** Mails a person that a personal token now votes in their name, in the transaction that makes it. */
export async function mailDecidingToken(
  db: Transaction,
  context: Context<Mailing>,
  token: { personId: string; name: string; via: AgreedVia },
): Promise<void> {
  await mailPerson(db, context, await readAddressee(db, token.personId), {
    subject: "A token can now vote in your name",
    paragraphs: [
      token.via === "command_line"
        ? `the personal token "${token.name}" was created for you on the command line of the server. It can vote in your name: its votes count as yours.`
        : `you created the personal token "${token.name}", which can vote in your name: its votes count as yours.`,
    ],
    action: { label: "View your tokens", url: `${context.services.publicUrl}/account/tokens` },
    closing: "If you did not expect this, revoke the token there and change your password.",
  });
}
