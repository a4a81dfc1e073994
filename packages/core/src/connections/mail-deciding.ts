import type { PoolClient } from "pg";
import type { AgreedVia } from "../actors/recent-proof.ts";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import { mailPerson } from "../mail/mail-person.ts";
import type { OwnedConnection } from "./read-owner.ts";

/** Mails the owner that a connection now votes in their name, in the transaction that allows it. */
export function mailDecidingAllowed(
  db: PoolClient,
  context: Context<Mailing>,
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

/** Mails the owner that a connection that votes in their name has a new key. */
export function mailVotingKey(
  db: PoolClient,
  context: Context<Mailing>,
  about: OwnedConnection & { prefix: string; via: AgreedVia },
): Promise<void> {
  return tell(db, context, about, `${about.connectionName} has a new key`, [
    about.via === "session"
      ? `you made a key for the connection "${about.connectionName}", which decides in your name: ${about.prefix}…`
      : `on the command line of the server, a key was made for the connection "${about.connectionName}", which decides in your name: ${about.prefix}…`,
    "With it, its holder votes as you.",
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
  switched_off: "An admin switched it off.",
  transferred: "It was handed over to somebody else.",
  password_changed: "Your password was changed, which ends whatever acts in your name.",
  person_removed: "You are no longer in the organization.",
  person_disabled: "Your account was disabled.",
  left_localhost:
    "They counted only while Sayso was at a localhost address, and it is at another one now.",
};

/** Mails the owner that a connection no longer votes in their name. */
export function mailDecidingEnded(
  db: PoolClient,
  context: Context<Mailing>,
  about: OwnedConnection & { reason: EndOfDeciding },
): Promise<void> {
  return tell(db, context, about, `${about.connectionName} no longer decides in your name`, [
    `the connection "${about.connectionName}" may still ask, but its votes don't count any more. ${reasons[about.reason]}`,
  ]);
}

/** Mails the owner of a connection about a change of it. */
const tell = (
  db: PoolClient,
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
        label: "See the connection",
        url: `${context.services.publicUrl}/app/connections/${connectionId}`,
      },
      closing: "If you know nothing of it, switch it off there and change your password.",
    },
  );
