import type { Transaction } from "../transactions/transaction.ts";
import type { Mailing } from "../capabilities.ts";
import { enqueueMail } from "../mail/enqueue-mail.ts";

/**
 * Mails a person that a passkey of theirs was added, in the transaction that added it, so that they notice a passkey
 * that isn't from them. Does nothing where mail isn't configured.
 */
export async function mailPasskeyAdded(
  db: Transaction,
  services: Mailing,
  to: { organizationId: string; email: string; name: string; passkey: string },
): Promise<void> {
  const { host } = new URL(services.publicUrl);
  await enqueueMail(db, services, {
    organizationId: to.organizationId,
    recipient: to.email,
    letter: {
      subject: "A passkey was added to your account",
      expiresAt: null,
      body: {
        paragraphs: [
          `Hello ${to.name},`,
          `the passkey "${to.passkey}" was added to your account on Sayso (${host}). It can now sign you in.`,
        ],
        action: { label: "View your passkeys", url: `${services.publicUrl}/account/passkeys` },
        closing: ["If you did not add it, remove it there and change your password."],
      },
    },
  });
}
