import type { PoolClient } from "pg";
import type { Context } from "../context.ts";
import type { NewLink } from "../people/one-time-links.ts";
import { enqueueMail } from "./enqueue-mail.ts";
import { tellTime } from "./tell-time.ts";

/**
 * Tells somebody by mail that they were added to the context's organization, in its transaction. With a link they
 * choose a password by it; without one they have something to sign in with. Does nothing where mail isn't configured.
 */
export async function mailInvitation(
  db: PoolClient,
  context: Context,
  to: { email: string; name: string; link: (NewLink & { url: string }) | null },
): Promise<void> {
  const { services, organizationId } = context;
  if (!services.mail.isEnabled) return;
  const { rows } = await db.query<{ organization: string; inviter: string | null }>(
    `select o.name as organization, (select p.name from people p where p.id = $2) as inviter
     from organizations o where o.id = $1`,
    [organizationId, inviterOf(context)],
  );
  const { organization = "", inviter = null } = rows[0] ?? {};
  const { link } = to;
  const host = new URL(services.publicUrl).host;
  const invites = inviter
    ? `${inviter} invites you to ${organization} on Sayso`
    : `You are invited to ${organization} on Sayso`;
  const added = inviter
    ? `${inviter} added you to ${organization} on Sayso`
    : `You were added to ${organization} on Sayso`;
  const subject = link ? invites : added;
  await enqueueMail(db, services, {
    organizationId,
    recipient: to.email,
    letter: {
      subject,
      expiresAt: link?.expiresAt ?? null,
      body: {
        paragraphs: [
          `Hello ${to.name},`,
          `${subject} (${host}), where people say yes or no to what machines want to do.`,
        ],
        action: link
          ? { label: "Choose a password", url: link.url }
          : { label: "Sign in", url: `${services.publicUrl}/sign-in` },
        closing: [
          ...(link ? [`The link works once, until ${tellTime(link.expiresAt)}.`] : []),
          "If you did not expect this, ignore it.",
        ],
      },
    },
  });
}

/** Whoever works on the command line acts for the server, not as themselves. */
const inviterOf = ({ actor }: Context): string | null =>
  actor.kind === "person" && actor.via !== "command_line" ? actor.personId : null;
