import type { Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { hasSignIn } from "../people/has-sign-in.ts";

/** A person as a member of one organization. */
export interface Member {
  id: string;
  name: string;
  email: string | null;
  role: Role;
  canApprove: boolean;
  isDisabled: boolean;
  /** Whether they have a password or a passkey. A person without either is invited and has not come yet. */
  hasSignIn: boolean;
  teams: { id: string; name: string }[];
  createdAt: Date;
}

/** The members to list. An absent field doesn't filter, but disabled people are left out by default. */
export interface MemberFilter {
  canApprove?: boolean;
  ids?: readonly string[];
  includeDisabled?: boolean;
}

/**
 * Returns the organization's people with their teams, sorted by name. A disabled person's `canApprove` is false,
 * whatever their membership says.
 */
export async function listMembers(
  context: Context<InOrganization>,
  filter: MemberFilter = {},
): Promise<Member[]> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<Member>(
      `select p.id, p.name, p.email, m.role, m.can_approve and p.disabled_at is null as "canApprove",
              p.disabled_at is not null as "isDisabled", ${hasSignIn} as "hasSignIn", m.created_at as "createdAt",
              coalesce((select json_agg(json_build_object('id', t.id, 'name', t.name) order by t.name)
                        from team_members tm join teams t on t.id = tm.team_id
                        where tm.organization_id = m.organization_id and tm.person_id = m.person_id), '[]') as teams
       from memberships m join people p on p.id = m.person_id
       where ($1::boolean is null or (m.can_approve and p.disabled_at is null) = $1)
         and ($2::uuid[] is null or m.person_id = any ($2))
         and ($3 or p.disabled_at is null)
       order by lower(p.name), p.id`,
      [filter.canApprove, filter.ids, filter.includeDisabled ?? false],
    ),
  );
  return rows;
}
