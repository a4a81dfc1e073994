import { isAdmin, type Actor } from "../actors/actor.ts";
import { DomainError } from "../errors.ts";

/** As is_for_everybody in 0014_changes.sql. The rest is for those who administer the organization. */
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

/** `approval` of `approval.created` and of `approval.*`. */
const familyOf = (type: string): string => type.split(".", 1)[0]!;

/** Whether an event's type is one of these; `approval.*` stands for a family, null for all. */
export const eventMatches = (type: string, types: readonly string[] | null): boolean =>
  types === null || types.includes(type) || types.includes(`${familyOf(type)}.*`);

/** Whether events of this type, or family, may be shown to the actor. */
export const maySeeEvent = (actor: Actor, type: string): boolean =>
  forEverybody.has(familyOf(type)) || isAdmin(actor);

/**
 * Lets nobody wait for what they will never be shown.
 *
 * @throws DomainError `forbidden`: a type that only admins see
 */
export function requireVisible(actor: Actor, types: readonly string[]): void {
  const hidden = types.find((type) => !maySeeEvent(actor, type));
  if (hidden === undefined) return;
  throw new DomainError(
    "forbidden",
    `Only a person who administers the organization sees ${hidden} events, and no app in their name`,
    { details: { type: hidden } },
  );
}
