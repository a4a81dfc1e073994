import type { Transaction } from "../transactions/transaction.ts";
import type { AgreedVia } from "../actors/recent-proof.ts";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import { mailPerson } from "../mail/mail-person.ts";
import type { OwnedConnection } from "./read-owner.ts";

/** Mails the owner that a connection now votes in their name, in the transaction that allows it. */
export function mailDecidingAllowed(
  db: Transaction,
  context: Context<Mailing>,
  about: OwnedConnection & { own: boolean; via: AgreedVia; endedKeys: number },
): Promise<void> {
  const { own, via, endedKeys } = about;
  return mailOwner(db, context, about, `${about.connectionName} can now vote in your name`, [
    via === "session"
      ? `you allowed the connection "${about.connectionName}" to vote in your name: its votes now count as yours.`
      : `the connection "${about.connectionName}" was allowed to vote in your name, on the command line of the server: its votes now count as yours.`,
    ...(own ? ["It can also vote on its own requests."] : []),
    ...(endedKeys > 0
      ? [`The keys that you had not created yourself were revoked (${endedKeys}).`]
      : []),
  ]);
}

/** Mails the owner that a connection that votes in their name has a new key. */
export function mailVotingKey(
  db: Transaction,
  context: Context<Mailing>,
  about: OwnedConnection & { prefix: string; via: AgreedVia },
): Promise<void> {
  return mailOwner(db, context, about, `${about.connectionName} has a new key`, [
    about.via === "session"
      ? `you created a key for the connection "${about.connectionName}", which can vote in your name: ${about.prefix}…`
      : `a key for the connection "${about.connectionName}", which can vote in your name, was created on the command line of the server: ${about.prefix}…`,
    "Every program with this key can vote as you.",
  ]);
}

/** The reason why a connection no longer votes. */
export type EndOfDeciding =
  | "switched_off"
  | "transferred"
  | "password_changed"
  | "person_removed"
  | "person_disabled"
  | "left_localhost";

const reasons: Record<EndOfDeciding, string> = {
  switched_off: "An admin disabled its voting.",
  transferred: "It was transferred to another person.",
  password_changed: "Your password was changed, which ends all voting in your name.",
  person_removed: "You are no longer in the organization.",
  person_disabled: "Your account was disabled.",
  left_localhost: "It could vote only while Sayso was at a localhost address.",
};

/** Mails the owner that a connection no longer votes in their name. */
export function mailDecidingEnded(
  db: Transaction,
  context: Context<Mailing>,
  about: OwnedConnection & { reason: EndOfDeciding },
): Promise<void> {
  return mailOwner(db, context, about, `${about.connectionName} can no longer vote in your name`, [
    `the connection "${about.connectionName}" can no longer vote in your name. ${reasons[about.reason]} It can still ask.`,
  ]);
}

/** Mails the owner of a connection about a change of it. */
const mailOwner = (
  db: Transaction,
  context: Context<Mailing>,
  { connectionId, ownerName, ownerEmail }: OwnedConnection,
  subject: string,
  paragraphs: readonly string[],
): Promise<void> =>
  mailPerson(
    db,
    context,
    { name: ownerName, email: ownerEmail },
    {
      subject,
      paragraphs,
      action: {
        label: "View connection",
        url: `${context.services.publicUrl}/app/connections/${connectionId}`,
      },
      closing: "If you did not expect this, disable the connection there and change your password.",
    },
  );
