import { isAdmin, standsForYes, type Actor } from "../actors/actor.ts";
import { requireDecidingAdmin } from "../actors/require-deciding-admin.ts";
import type { GoalEntity } from "../entities/goal-entity.ts";
import { DomainError } from "../errors.ts";

/**
 * Returns true if this actor's change of a goal has to wait for an approval. Changes of a guarded goal wait, except two
 * kinds. An admin who may approve, signed in or with a token that may decide, doesn't wait, because their change stands
 * in for their yes. Nor does Sayso itself, which applies approved changes.
 */
export const isHeld = (actor: Actor, goal: { needsApproval: boolean }): boolean =>
  goal.needsApproval && actor.kind !== "system" && !standsForYes(actor);

/**
 * Refuses to guard a goal, or to end that, unless the actor is an admin, because anybody else could let their own
 * changes through. To end it, the admin has to be one whose change stands in for a yes.
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

/** @throws DomainError `forbidden`: the goal is guarded, and the actor is no admin who may decide */
export function refuseHeldArchiving(actor: Actor, goal: { needsApproval: boolean }): void {
  if (isHeld(actor, goal))
    requireDecidingAdmin(actor, "This is under change control; only an admin may archive it");
}

/**
 * Refuses a change that was made for another version than the one that is locked now.
 *
 * @param expected the version that the caller read; undefined: accepts any version
 * @throws DomainError `conflict`
 */
export function requireVersion(present: { version: number }, expected: number | undefined): void {
  if (expected === undefined || expected === present.version) return;
  throw new DomainError(
    "conflict",
    "Somebody changed this after you opened it. Look at it again before you save",
  );
}

/** The result of a call that changes a goal. */
export type Updated<Goal> =
  | { isHeld: false; goal: Goal }
  /** Nothing was changed, because a person has to approve first. The fields are the content of the question to them. */
  | { isHeld: true; entity: GoalEntity; patch: Record<string, unknown> };
