import { invalidInput } from "../errors.ts";

const NAME_LENGTH_MAX = 100;

/**
 * Returns a team's name as it is stored: single spaces, none around it.
 *
 * @throws DomainError `validation_failed`: 1 to 100 visible characters
 */
export function readTeamName(text: string): string {
  const name = text.trim().replace(/\s+/gu, " ");
  if (name !== "" && name.length <= NAME_LENGTH_MAX && !/\p{C}/u.test(name)) return name;
  throw invalidInput({
    field: "name",
    message: `name must have 1 to ${NAME_LENGTH_MAX} visible characters`,
  });
}
