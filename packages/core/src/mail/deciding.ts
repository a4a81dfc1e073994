import type { PoolClient } from "pg";
import type { AgreedVia } from "../people/recent-proof.ts";
import type { OwnedConnection } from "../connections/read-owner.ts";
import type { EndOfDeciding } from "../connections/stop-deciding.ts";
import type { Context } from "../context.ts";
import { enqueueMail } from "./enqueue-mail.ts";

/** Tells the owner that a connection now votes in their name, in the transaction that allows it. */
export function mailDecidingAllowed(
  db: PoolClient,
  context: Context,
  about: OwnedConnection & { own: boolean; via: AgreedVia; endedKeys: number },
): Promise<void> {
  const { own, via, endedKeys } = about;
  return tell(db, context, about, `${about.connectionName} now decides in your name`, [
    via === "session"
      ? `you allowed the connection "${about.connectionName}" to decide: from now on its votes count as yours.`
      : `on the command line of the server, the connection "${about.connectionName}" was allowed to decide: from now on its votes count as yours.`,
    ...(own ? ["It may also decide what was asked through it."] : []),
    ...(endedKeys > 0
      ? [`The keys that you had not made yourself have ended (${endedKeys}).`]
      : []),
  ]);
}

/** Tells the owner that a connection that votes in their name has a new key. */
export function mailVotingKey(
  db: PoolClient,
  context: Context,
  about: OwnedConnection & { prefix: string; via: AgreedVia },
): Promise<void> {
  return tell(db, context, about, `${about.connectionName} has a new key`, [
    about.via === "session"
      ? `you made a key for the connection "${about.connectionName}", which decides in your name: ${about.prefix}…`
      : `on the command line of the server, a key was made for the connection "${about.connectionName}", which decides in your name: ${about.prefix}…`,
    "With it, its holder votes as you.",
  ]);
}

const reasons: Record<EndOfDeciding, string> = {
  switched_off: "An admin switched it off.",
  transferred: "It was handed over to somebody else.",
  password_changed: "Your password was changed, which ends whatever acts in your name.",
  person_removed: "You are no longer in the organization.",
  person_disabled: "Your account was disabled.",
  left_localhost:
    "They counted only while Sayso was at a localhost address, and it is at another one now.",
};

/** Tells the owner that a connection no longer votes in their name. */
export function mailDecidingEnded(
  db: PoolClient,
  context: Context,
  about: OwnedConnection & { reason: EndOfDeciding },
): Promise<void> {
  return tell(db, context, about, `${about.connectionName} no longer decides in your name`, [
    `the connection "${about.connectionName}" may still ask, but its votes don't count any more. ${reasons[about.reason]}`,
  ]);
}

/** Tells somebody that a personal token now votes in their name, in the transaction that makes it. */
export async function mailDecidingToken(
  db: PoolClient,
  context: Context,
  token: { personId: string; name: string; via: AgreedVia },
): Promise<void> {
  await send(db, context, await readPerson(db, token.personId), {
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

/** Tells somebody that an app now votes in their name, in the transaction that allows it. */
export async function mailDecidingApp(
  db: PoolClient,
  context: Context,
  app: { personId: string; name: string },
): Promise<void> {
  await send(db, context, await readPerson(db, app.personId), {
    subject: `${app.name} now decides in your name`,
    paragraphs: [
      `you connected the app "${app.name}" and let it decide: from now on its votes count as yours.`,
    ],
    action: { label: "See your apps", url: `${context.services.publicUrl}/account/apps` },
    closing: "If you know nothing of it, disconnect it there and change your password.",
  });
}

/** The owner of a connection is told of what became of it. */
const tell = (
  db: PoolClient,
  context: Context,
  { connectionId, ownerName, ownerEmail }: OwnedConnection,
  subject: string,
  paragraphs: readonly string[],
): Promise<void> =>
  send(
    db,
    context,
    { name: ownerName, email: ownerEmail },
    {
      subject,
      paragraphs,
      action: {
        label: "See the connection",
        url: `${context.services.publicUrl}/app/connections/${connectionId}`,
      },
      closing: "If you know nothing of it, switch it off there and change your password.",
    },
  );

async function readPerson(
  db: PoolClient,
  personId: string,
): Promise<{ name: string; email: string | null }> {
  const { rows } = await db.query<{ name: string; email: string | null }>(
    "select name, email from people where id = $1",
    [personId],
  );
  return rows[0]!;
}

/** Does nothing where mail isn't configured, or they have no address. After the commit call `services.wakeWorker`. */
async function send(
  db: PoolClient,
  { services, organizationId }: Context,
  to: { name: string; email: string | null },
  letter: {
    subject: string;
    paragraphs: readonly string[];
    action: { label: string; url: string };
    closing: string;
  },
): Promise<void> {
  if (to.email === null) return;
  const { subject, paragraphs, action, closing } = letter;
  await enqueueMail(db, services, {
    organizationId,
    recipient: to.email,
    letter: {
      subject,
      expiresAt: null,
      body: { paragraphs: [`Hello ${to.name},`, ...paragraphs], action, closing: [closing] },
    },
  });
}
