import type { PoolClient } from "pg";
import type { AgreedVia } from "../actors/recent-proof.ts";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import { mailPerson, readAddressee } from "../mail/mail-person.ts";

/** Mails a person that a personal token now votes in their name, in the transaction that makes it. */
export async function mailDecidingToken(
  db: PoolClient,
  context: Context<Mailing>,
  token: { personId: string; name: string; via: AgreedVia },
): Promise<void> {
  await mailPerson(db, context, await readAddressee(db, token.personId), {
    subject: "A token now decides in your name",
    paragraphs: [
      token.via === "command_line"
        ? `on the command line of the server, the personal token "${token.name}" was made in your name. It may decide: its votes count as yours.`
        : `you made the personal token "${token.name}", which may decide: its votes count as yours.`,
    ],
    action: { label: "See your tokens", url: `${context.services.publicUrl}/account/tokens` },
    closing: "If you know nothing of it, revoke it there and change your password.",
  });
}
