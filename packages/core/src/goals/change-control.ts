import { isAdmin, mayDecide, type Actor } from "../actors/actor.ts";
import { requireDecidingAdmin } from "../actors/require-deciding-admin.ts";
import type { GoalEntity } from "../entities/goal-entity.ts";
import { DomainError } from "../errors.ts";

/**
 * Whether what this actor wants to change has to wait for an approval: of what is under change control, everybody's but
 * an admin's, whose change stands in for their yes: signed in, or by a token that may decide. What an approval set going,
 * Sayso does.
 */
export const isHeld = (actor: Actor, goal: { needsApproval: boolean }): boolean =>
  goal.needsApproval && actor.kind !== "system" && !(isAdmin(actor) && mayDecide(actor));

/**
 * Lets nobody but an admin say what is under change control: whoever could would let themselves through. To end it takes
 * what may decide in their name.
 *
 * @throws DomainError `forbidden`
 */
export function requireController(
  actor: Actor,
  present: { needsApproval: boolean } | null,
  given: boolean | undefined,
): void {
  if (given === undefined || given === (present?.needsApproval ?? false)) return;
  const refusal = "Only an admin may put goals under approval or take them out";
  if (!given) requireDecidingAdmin(actor, refusal);
  else if (!isAdmin(actor)) throw new DomainError("forbidden", refusal);
}

/** @throws DomainError `forbidden`: only an admin ends what is under change control */
export function refuseHeldArchiving(actor: Actor, goal: { needsApproval: boolean }): void {
  if (isHeld(actor, goal))
    requireDecidingAdmin(actor, "This is under change control; only an admin may archive it");
}

/**
 * Refuses a change by somebody who looked at another version than the one that is locked now.
 *
 * @param expected the version they looked at; undefined: they don't say
 * @throws DomainError `conflict`
 */
export function requireVersion(present: { version: number }, expected: number | undefined): void {
  if (expected === undefined || expected === present.version) return;
  throw new DomainError(
    "conflict",
    "Somebody changed this after you opened it. Look at it again before you save",
  );
}

/** What became of a wish to change something. */
export type Updated<Goal> =
  | { isHeld: false; goal: Goal }
  /** Nothing was changed: it waits for a person, who is asked with what is here. */
  | { isHeld: true; entity: GoalEntity; patch: Record<string, unknown> };
