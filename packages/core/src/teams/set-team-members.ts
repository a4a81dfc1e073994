import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { invalidInput, notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { requireAdmin } from "../actors/require-admin.ts";

/**
 * Makes these people, and nobody else, the members of a team. The change holds for pending requests, too, because the
 * right to vote is checked at the time of the vote.
 *
 * @throws DomainError `forbidden` (not an admin), `not_found` (team), `validation_failed` (not people of this
 *   organization)
 */
export async function setTeamMembers(
  context: Context<InOrganization & NewIds>,
  teamId: string,
  personIds: readonly string[],
): Promise<void> {
  requireAdmin(context.actor, "change teams");
  const wanted = [...new Set(personIds)];
  await inOrganization(context, async (db) => {
    const team = await db.query("select from teams where id::text = $1 for update", [teamId]);
    if (team.rowCount === 0) throw notFound("Team");
    const known = await db.query<{ person_id: string }>(
      "select person_id from memberships where person_id::text = any ($1)",
      [wanted],
    );
    const unknown = wanted.find((id) => !known.rows.some((row) => row.person_id === id));
    if (unknown !== undefined) {
      throw invalidInput({
        field: "member_ids",
        message: `${unknown} is not a person of this organization`,
      });
    }
    await db.query(
      "delete from team_members where team_id = $1 and person_id <> all ($2::uuid[])",
      [teamId, wanted],
    );
    await db.query(
      `insert into team_members (organization_id, team_id, person_id)
       select $1, $2, unnest($3::uuid[]) on conflict do nothing`,
      [context.organizationId, teamId, wanted],
    );
    await recordEvent(db, context, "team.members_set", { team_id: teamId, person_ids: wanted });
  });
}
