import { isAdmin, type Actor } from "../actors/actor.ts";
import { DomainError } from "../errors.ts";

/**
 * The families that everybody sees, as in packages/database/sql/functions/feed/is_for_everybody.sql. Only admins see
 * the rest.
 */
const forEverybody = new Set([
  "approval",
  "delivery",
  "subscription",
  "change",
  "cycle",
  "objective",
  "key_result",
  "checkin",
  "kpi",
  "review_cycle",
]);

/** Returns the family of a type: `approval` for `approval.created` and for `approval.*`. */
const familyOf = (type: string): string => type.replace(/\..*$/s, "");

/** Says whether an event's type is one of these. `approval.*` stands for a family, null for all. */
export const eventMatches = (type: string, types: readonly string[] | null): boolean =>
  types === null || types.includes(type) || types.includes(`${familyOf(type)}.*`);

/** Says whether the actor may see events of this type or family. */
export const maySeeEvent = (actor: Actor, type: string): boolean =>
  forEverybody.has(familyOf(type)) || isAdmin(actor);

/**
 * Refuses types that the actor will never be shown, so that nobody waits for them.
 *
 * @throws DomainError `forbidden`: a type that only admins see
 */
export function requireVisible(actor: Actor, types: readonly string[]): void {
  const hidden = types.find((type) => !maySeeEvent(actor, type));
  if (hidden === undefined) return;
  throw new DomainError(
    "forbidden",
    `Only a person who administers the organization sees ${hidden} events, and no app sees them in their name`,
    { details: { type: hidden } },
  );
}
