import type { Context } from "../context.ts";
import type { InOrganization, SystemPool } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { getOrganization } from "../organizations/get-organization.ts";
import { listMembers, type Member } from "../members/list-members.ts";
import { listOwnOrganizations } from "./list-own-organizations.ts";

/** The calling person, and the organizations that they work in. */
export interface Me extends Member {
  organization: { id: string; name: string };
  /** Sorted by name. For a token or an app, only the organization that it belongs to. */
  organizations: { id: string; name: string }[];
}

/**
 * Returns the calling person.
 *
 * @throws DomainError `forbidden` (a machine), `not_found` (not a member any more)
 */
export async function getMe(context: Context<InOrganization & SystemPool>): Promise<Me> {
  const { actor } = context;
  if (actor.kind !== "person")
    throw new DomainError("forbidden", "This call is for people: a connection's key can't make it");
  const isInPerson = actor.via !== "token" && actor.via !== "oauth";
  const [[member], organization, own] = await Promise.all([
    listMembers(context, { ids: [actor.personId] }),
    getOrganization(context),
    isInPerson ? listOwnOrganizations(context) : null,
  ]);
  if (!member) throw notFound("Person");
  const here = { id: organization.id, name: organization.name };
  return {
    ...member,
    organization: here,
    organizations: own?.map(({ id, name }) => ({ id, name })) ?? [here],
  };
}
