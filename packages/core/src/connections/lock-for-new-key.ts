import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { Mailing, PublicAddress } from "../capabilities.ts";
import { mailVotingKey } from "./mail-deciding.ts";
import { lockOwnConnection } from "./connection.ts";
import type { AgreedVia } from "../actors/recent-proof.ts";
import { requireOwnHand } from "./own-hand.ts";
import { readOwner } from "./read-owner.ts";

/**
 * Locks a connection that is about to get a key, or an app's secret, and lets through only its owner. Where the
 * connection votes, the owner must act in person, because everybody who has a key of it votes as them.
 *
 * @param verb completes "Only … may …"
 * @returns the way in which the owner came; null where the connection doesn't vote
 * @throws DomainError `not_found`, `forbidden`
 */
export async function lockForNewKey(
  db: Transaction,
  context: Context<PublicAddress>,
  connectionId: string,
  verb: string,
): Promise<AgreedVia | null> {
  const { ownerId, canDecide } = await lockOwnConnection(db, context, connectionId, verb);
  return canDecide ? requireOwnHand(db, context, ownerId, verb) : null;
}

/** Mails the owner that their voting connection has a new key. Does nothing for a connection that doesn't vote. */
export async function reportNewKey(
  db: Transaction,
  context: Context<Mailing>,
  connectionId: string,
  made: { prefix: string; via: AgreedVia | null },
): Promise<void> {
  const { prefix, via } = made;
  if (via !== null)
    await mailVotingKey(db, context, { ...(await readOwner(db, connectionId)), prefix, via });
}
