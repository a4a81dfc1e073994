import type { Transaction } from "../transactions/transaction.ts";
import type { PersonActor } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { lockPeople } from "../people/lock-people.ts";
import { findOneTimeLink, type LinkPurpose, type OpenLink } from "../signing-in/one-time-links.ts";
import { awaitsFirstAdmin } from "./first-admin.ts";
import { requireMayLetIn } from "./require-may-let-in.ts";

/**
 * Returns the link of this token while it can be used. Null for a used, expired, replaced or invented token, and for one
 * whose maker could not make it any more. Changes nothing.
 */
export const readOneTimeLink = (
  services: AcrossOrganizations,
  token: string,
  purposes: readonly LinkPurpose[],
): Promise<OpenLink | null> => inSystemTransaction(services, (db) => openLink(db, token, purposes));

/**
 * Returns the same in the caller's transaction, and locks the link's person and its maker. A demotion, a removal or a
 * new membership of either comes before and is seen, or after the caller's use of the link.
 */
export async function openLink(
  db: Transaction,
  token: string,
  purposes: readonly LinkPurpose[],
): Promise<OpenLink | null> {
  const link = await findOneTimeLink(db, token, purposes);
  if (!link) return null;
  return (await isBacked(db, link)) ? link : null;
}

/** Whether the right that the link rests on still stands. */
async function isBacked(db: Transaction, link: OpenLink): Promise<boolean> {
  const { purpose, personId, organizationId, madeBy } = link;
  if (purpose === "first_admin") {
    await lockPeople(db, [personId]);
    return awaitsFirstAdmin(db, link);
  }
  // No member's right backs a link that its person asked for, or the operator made.
  const actor: PersonActor = {
    kind: "person",
    personId: madeBy ?? personId,
    role: "owner",
    via: madeBy === null ? "command_line" : "session",
  };
  const context: Context = { services: undefined, organizationId, actor };
  try {
    await requireMayLetIn(db, context, personId, purpose);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
