import type { Actor } from "./actor.ts";

/**
 * Returns the member whose right a link or an invitation rests on. Null: no member's, because the command line acts for
 * the server, and Sayso for the person who asked.
 */
export const makerOf = (actor: Actor): string | null =>
  actor.kind === "person" && actor.via !== "command_line" ? actor.personId : null;
