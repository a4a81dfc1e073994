import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { PublicAddress } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { requireRecentProof, type AgreedVia } from "../actors/recent-proof.ts";

/**
 * Lets through only the person who owns a connection, in person: signed in and recently proven. Every verb that gives
 * or keeps a vote in their name calls this.
 *
 * @param deed completes "Only the person who owns this connection may …"
 * @throws DomainError `forbidden`, with `details.reason` `not_the_owner`, `session_required` or `confirm_identity`
 */
export async function requireOwnHand(
  db: Transaction,
  context: Pick<Context<PublicAddress>, "actor" | "services">,
  ownerId: string,
  deed: string,
): Promise<AgreedVia> {
  const { actor } = context;
  if (actor.kind === "person" && actor.personId !== ownerId)
    throw new DomainError("forbidden", `Only the person who owns this connection may ${deed}`, {
      details: { reason: "not_the_owner" },
    });
  return requireRecentProof(db, context, deed);
}
