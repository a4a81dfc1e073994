import { onlyRow } from "@sayso/database";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { listMembers, type Member } from "./list-members.ts";
import { requireAdmin } from "../actors/require-admin.ts";

/** One page of an organization's people. */
export interface MemberPage {
  /** Sorted by name, with invited and disabled people. */
  members: Member[];
  /** The exact number of matches. */
  total: number;
}

/**
 * Returns a page of the organization's people, sorted by name.
 *
 * @param wanted.search a part of a name or of an e-mail address, in any case
 * @param wanted.page from 1
 * @param wanted.pageSize 1–100
 * @throws DomainError `forbidden` (not an admin)
 */
export async function searchMembers(
  context: Context<InOrganization>,
  wanted: { search?: string; page: number; pageSize: number },
): Promise<MemberPage> {
  requireAdmin(context.actor, "see everybody's account");
  const { page, pageSize } = wanted;
  const search = wanted.search?.trim() ? wanted.search.trim().toLowerCase() : null;
  const { rows } = await inOrganization(context, (db) =>
    db.query<{ ids: string[]; total: number }>(
      `with matching as materialized (
         select p.id, lower(p.name) as name from memberships m join people p on p.id = m.person_id
         where $1::text is null or position($1 in lower(p.name)) > 0 or position($1 in lower(p.email)) > 0
       )
       select array(select id from matching order by name, id limit $2 offset $3) as ids,
              (select count(*)::int from matching) as total`,
      [search, pageSize, (page - 1) * pageSize],
    ),
  );
  const { ids, total } = onlyRow(rows);
  return {
    members: ids.length === 0 ? [] : await listMembers(context, { ids, includeDisabled: true }),
    total,
  };
}
