import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { tidyEmail } from "../people/person-input.ts";
import { listMembers, type Member } from "./list-members.ts";

/**
 * Returns a member of the organization by id or e-mail address, disabled ones as well.
 *
 * @throws DomainError `not_found`
 */
export async function findPerson(
  context: Context<InOrganization>,
  idOrEmail: string,
): Promise<Member> {
  const wanted = tidyEmail(idOrEmail).toLowerCase();
  const members = await listMembers(context, { includeDisabled: true });
  const found = members.find(
    (member) => member.id === wanted || member.email?.toLowerCase() === wanted,
  );
  if (!found) throw notFound(idOrEmail);
  return found;
}
