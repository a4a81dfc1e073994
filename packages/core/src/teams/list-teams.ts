import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/** A team: some people of an organization who can be asked together. */
export interface Team {
  id: string;
  name: string;
  /** Sorted by name; disabled people are left out. */
  members: { id: string; name: string }[];
  createdAt: Date;
}

/** Returns the organization's teams with their members, sorted by name. */
export async function listTeams(context: Context<InOrganization>): Promise<Team[]> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<Team>(
      `select t.id, t.name, t.created_at as "createdAt",
              coalesce((select json_agg(json_build_object('id', p.id, 'name', p.name) order by lower(p.name), p.id)
                        from team_members tm join people p on p.id = tm.person_id and p.disabled_at is null
                        where tm.team_id = t.id), '[]') as members
       from teams t order by lower(t.name), t.id`,
    ),
  );
  return rows;
}
