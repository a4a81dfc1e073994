import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";

/**
 * Refuses an action that affects other organizations, because an admin of one organization must not get hold of a
 * person's account in another by adding the person to theirs. The command line is let through: it serves the whole
 * server.
 *
 * @param instead the advice for the actor, a sentence
 * @throws DomainError `conflict`
 */
export function requireOnlyHere(
  { actor }: Context,
  member: { isElsewhere: boolean },
  instead: string,
): void {
  const isOperator = actor.kind === "person" && actor.via === "command_line";
  if (!member.isElsewhere || isOperator) return;
  throw new DomainError(
    "conflict",
    `This person belongs to another organization of this server, too. ${instead}`,
  );
}
