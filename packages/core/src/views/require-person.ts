import type { Actor, PersonActor } from "../actors/actor.ts";
import { DomainError } from "../errors.ts";

/** @throws DomainError `forbidden`: the actor is no person, and only people keep views */
export function requirePerson(actor: Actor): PersonActor {
  if (actor.kind === "person") return actor;
  throw new DomainError(
    "forbidden",
    "Only a person has views: a connection's key can't read or change them",
  );
}
