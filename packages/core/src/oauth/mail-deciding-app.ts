import type { PoolClient } from "pg";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import { mailPerson, readAddressee } from "../mail/mail-person.ts";

/** Mails a person that an app now votes in their name, in the transaction that allows it. */
export async function mailDecidingApp(
  db: PoolClient,
  context: Context<Mailing>,
  app: { personId: string; name: string },
): Promise<void> {
  await mailPerson(db, context, await readAddressee(db, app.personId), {
    subject: `${app.name} now decides in your name`,
    paragraphs: [
      `you connected the app "${app.name}" and let it decide: from now on its votes count as yours.`,
    ],
    action: { label: "See your apps", url: `${context.services.publicUrl}/account/apps` },
    closing: "If you know nothing of it, disconnect it there and change your password.",
  });
}
