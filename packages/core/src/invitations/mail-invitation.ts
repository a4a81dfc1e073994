import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import type { NewLink } from "../signing-in/one-time-links.ts";
import { makerOf } from "../actors/maker-of.ts";
import { enqueueMail } from "../mail/enqueue-mail.ts";
import { formatTime } from "../mail/format-time.ts";

/**
 * Mails a person an invitation to the context's organization, in its transaction. The mail is the same whether there is
 * an account with that address or not. Does nothing where mail isn't configured.
 */
export async function mailInvitation(
  db: Transaction,
  context: Context<Mailing>,
  to: {
    email: string;
    name: string;
    link: Pick<NewLink, "expiresAt"> & { url: string };
    /** The label of the link; default: that of a link for choosing a password. */
    action?: string;
  },
): Promise<void> {
  const { services, organizationId } = context;
  if (!services.mail.isEnabled) return;
  const { rows } = await db.query<{
    organization: string;
    inviter: string | null;
    address: string | null;
  }>(
    `select o.name as organization, p.name as inviter, p.email as address
     from organizations o left join people p on p.id = $2 where o.id = $1`,
    [organizationId, makerOf(context.actor)],
  );
  const { organization = "", inviter = null, address = null } = rows[0] ?? {};
  const { link } = to;
  const host = new URL(services.publicUrl).host;
  const subject = inviter
    ? `${inviter} invites you to ${organization} on Sayso`
    : `You are invited to ${organization} on Sayso`;
  await enqueueMail(db, services, {
    organizationId,
    recipient: to.email,
    letter: {
      subject,
      expiresAt: link.expiresAt,
      body: {
        paragraphs: [
          `Hello ${to.name},`,
          `${subject} (${host}). Sayso is where people approve or reject what automations ask.`,
          // Anybody can have the inviter's name, but nobody else the address.
          ...(inviter !== null && address !== null
            ? [`${inviter} has the address ${address}.`]
            : []),
        ],
        action: { label: to.action ?? "Set a password", url: link.url },
        closing: [
          `The link works once, until ${formatTime(link.expiresAt)}.`,
          "If you did not expect this, ignore this email.",
        ],
      },
    },
  });
}
