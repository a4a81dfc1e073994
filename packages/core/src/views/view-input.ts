import type { Actor, PersonActor } from "../actors/actor.ts";
import { DomainError, invalidInput } from "../errors.ts";

const NAME_LENGTH_MAX = 60;

/**
 * Returns a view's name as it is stored: with single spaces, and none at its ends.
 *
 * @throws DomainError `validation_failed`: the name doesn't have 1 to 60 visible characters
 */
export function readViewName(text: string): string {
  const name = text.trim().replace(/\s+/gu, " ");
  if (name !== "" && name.length <= NAME_LENGTH_MAX && !/\p{C}/u.test(name)) return name;
  throw invalidInput({
    field: "name",
    message: `name must have 1 to ${NAME_LENGTH_MAX} visible characters`,
  });
}

/** @throws DomainError `forbidden`: the actor is no person, and only people keep views */
export function requirePerson(actor: Actor): PersonActor {
  if (actor.kind === "person") return actor;
  throw new DomainError(
    "forbidden",
    "Only a person has views: a connection's key can't read or change them",
  );
}

/** Turns PostgreSQL's refusal of a second view with the same name into a `conflict`. */
export function refuseSameViewName(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== "23505" || constraint !== "saved_views_name") throw error;
  throw new DomainError("conflict", "You have a view of this name already", {
    details: { field: "name" },
    cause: error,
  });
}
