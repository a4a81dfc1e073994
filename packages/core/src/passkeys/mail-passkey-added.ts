import type { PoolClient } from "pg";
import type { Mailing } from "../capabilities.ts";
import { enqueueMail } from "../mail/enqueue-mail.ts";

/**
 * Mails a person that a passkey of theirs was added, in the transaction that added it, so that they notice a passkey
 * that isn't from them. Does nothing where mail isn't configured.
 */
export async function mailPasskeyAdded(
  db: PoolClient,
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
          `from now on the passkey "${to.passkey}" signs you in to Sayso (${host}).`,
        ],
        action: { label: "See your passkeys", url: `${services.publicUrl}/account/passkeys` },
        closing: ["If it was not you who added it, remove it there and change your password."],
      },
    },
  });
}
