import type { Actor } from "./actor.ts";
import { viaOf, type Via } from "./via.ts";

/** The facts from which an actor is named. */
export interface ActorNames {
  /** The person who acted, or for whom a connection acted. Null: there is none, or they are gone. */
  person: string | null;
  /** The connection that acted by itself. Null: there is none, or it is gone; `via` can still name it. */
  connection?: string | null;
  /** The means that the actor acted through. Null: it was not recorded. */
  via: Pick<Via, "kind" | "name"> | null;
}

/**
 * Names an actor together with the machine that acted, as every surface shows it: “Release pipeline, for Ada Lovelace”;
 * “Ada Lovelace, through the app Night robot”. A person who was signed in is named alone.
 *
 * @returns null: nobody, or only somebody who is gone
 */
export function nameActor(names: ActorNames): string | null {
  const { before, person, after } = partsOfActor(names);
  return `${before}${person ?? ""}${after}` || null;
}

/**
 * Returns the parts of the name that {@link nameActor} gives: the person's own name, and the text before and after it.
 * Where the person is null, the name is in `before`, or empty.
 */
export function partsOfActor({ person, connection = null, via }: ActorNames): {
  before: string;
  person: string | null;
  after: string;
} {
  const machine = connection ?? (via?.kind === "connection" ? via.name : null);
  if (machine !== null)
    return { before: person === null ? machine : `${machine}, for `, person, after: "" };
  if (person === null) return { before: via?.name ?? "", person, after: "" };
  const means = meansOf(via);
  return { before: "", person, after: means === null ? "" : `, ${means}` };
}

/** The names of a request's asker. A person who asked through an app has a connection as well: the app's. */
export interface AskerNames {
  /** Null: a connection asked by itself. */
  createdBy: string | null;
  createdByName: string | null;
  connectionName: string | null;
}

/** Names the asker of a request together with the connection or the app that asked, as `nameActor` does. */
export const nameAsker = (asker: AskerNames): string | null => {
  const { createdBy, createdByName: person, connectionName } = asker;
  if (createdBy === null) return nameActor({ person, connection: connectionName, via: null });
  return nameActor({
    person,
    via: connectionName === null ? null : { kind: "app", name: connectionName },
  });
};

function meansOf(via: ActorNames["via"]): string | null {
  switch (via?.kind) {
    case "token":
      return `through the personal token ${via.name ?? ""}`.trimEnd();
    case "app":
      return `through the app ${via.name ?? ""}`.trimEnd();
    case "command_line":
      return "on the server's command line";
    case "link":
      return "through an email link";
    default:
      return null;
  }
}

/**
 * Returns the means that an event or a comment records beside its actor; null where the actor's own name says enough: a
 * person who is signed in, a connection by itself, Sayso.
 */
export function meansBeside(actor: Actor): Via | null {
  const via = viaOf(actor);
  return via === null || via.kind === "session" || via.kind === "connection" ? null : via;
}
