import type { Transaction } from "../transactions/transaction.ts";
import type { Mailing } from "../capabilities.ts";
import type { NewLink } from "./one-time-links.ts";
import { enqueueMail } from "../mail/enqueue-mail.ts";
import { formatTime } from "../mail/format-time.ts";

/**
 * Mails a person the link to choose a new password, in the transaction that made it. Does nothing where mail isn't
 * configured.
 *
 * @param to.by `admin`: somebody who administers their organization made the link; `self`: somebody who knows the
 *   address asked for it
 */
export async function mailPasswordReset(
  db: Transaction,
  services: Mailing,
  to: {
    organizationId: string;
    email: string;
    name: string;
    by: "admin" | "self";
    link: NewLink & { url: string };
  },
): Promise<void> {
  const host = new URL(services.publicUrl).host;
  const { link, by } = to;
  await enqueueMail(db, services, {
    organizationId: to.organizationId,
    recipient: to.email,
    letter: {
      subject: "Reset your Sayso password",
      expiresAt: link.expiresAt,
      body: {
        paragraphs: [
          `Hello ${to.name},`,
          by === "admin"
            ? `an admin sent you this link to set a new password for Sayso (${host}).`
            : `somebody, probably you, asked to reset your password for Sayso (${host}).`,
        ],
        action: { label: "Set a new password", url: link.url },
        closing: [
          `The link works once, until ${formatTime(link.expiresAt)}. Your password stays the same until you use it.`,
          "If you did not expect this, ignore this email.",
        ],
      },
    },
  });
}
