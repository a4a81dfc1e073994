import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";

/**
 * Refuses what reaches into other organizations: whoever administers one must not get hold of a person's account in
 * another by adding them to theirs. The command line may: it serves the whole server.
 *
 * @param instead what to do instead, a sentence
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
