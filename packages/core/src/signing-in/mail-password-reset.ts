import type { PoolClient } from "pg";
import type { Mailing } from "../capabilities.ts";
import type { NewLink } from "./one-time-links.ts";
import { enqueueMail } from "../mail/enqueue-mail.ts";
import { tellTime } from "../mail/tell-time.ts";

/**
 * Mails a person the link to choose a new password, in the transaction that made it. Does nothing where mail isn't
 * configured.
 *
 * @param to.by `admin`: somebody who administers their organization made the link; `self`: somebody who knows the
 *   address asked for it
 */
export async function mailPasswordReset(
  db: PoolClient,
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
      subject: "A new password for Sayso",
      expiresAt: link.expiresAt,
      body: {
        paragraphs: [
          `Hello ${to.name},`,
          by === "admin"
            ? `an admin sends you this link to choose a new password for Sayso (${host}).`
            : `somebody, probably you, asked for a new password for Sayso (${host}).`,
        ],
        action: { label: "Choose a new password", url: link.url },
        closing: [
          `The link works once, until ${tellTime(link.expiresAt)}. Until you use it, your password stays as it is.`,
          "If you did not expect this, ignore it.",
        ],
      },
    },
  });
}
