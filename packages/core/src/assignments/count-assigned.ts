import type { Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { invalidInput } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * Counts the distinct people among these and in this team who may approve here.
 *
 * @throws DomainError `validation_failed` for a person or team that isn't this organization's
 */
export function countAssigned(
  context: Context<InOrganization>,
  approvers: string[] | undefined | null,
  teamId: string | undefined | null,
): Promise<number> {
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ person_id: string; can_approve: boolean }>(
      `select m.person_id, m.can_approve and p.disabled_at is null as can_approve
       from memberships m join people p on p.id = m.person_id
       where m.person_id = any ($1) or m.person_id in (select person_id from team_members where team_id = $2)`,
      [approvers ?? [], teamId ?? null],
    );
    const unknown = approvers?.find((id) => !rows.some((row) => row.person_id === id));
    if (unknown) {
      throw invalidInput({
        field: "assigned_approvers",
        message: `${unknown} is not a person of this organization`,
      });
    }
    if (teamId && (await db.query("select 1 from teams where id = $1", [teamId])).rowCount === 0) {
      throw invalidInput({
        field: "assigned_team_id",
        message: `${teamId} is not a team of this organization`,
      });
    }
    return rows.filter((row) => row.can_approve).length;
  });
}

/** Counts the people of this role or above who may approve here. */
export function countApprovers(context: Context<InOrganization>, role: Role): Promise<number> {
  const roles = {
    member: ["member", "admin", "owner"],
    admin: ["admin", "owner"],
    owner: ["owner"],
  };
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ count: number }>(
      `select count(*) as count from memberships m join people p on p.id = m.person_id
       where m.role = any ($1) and m.can_approve and p.disabled_at is null`,
      [roles[role]],
    );
    return rows[0]?.count ?? 0;
  });
}
