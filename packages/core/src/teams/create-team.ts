import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import type { Team } from "./list-teams.ts";
import { readTeamName } from "./team-name.ts";

/**
 * Makes a team without members.
 *
 * @throws DomainError `forbidden` (not an admin), `validation_failed`, `conflict` (the name is taken)
 */
export async function createTeam(
  context: Context<InOrganization & NewIds>,
  input: { name: string },
): Promise<Team> {
  requireAdmin(context.actor, "make teams");
  const name = readTeamName(input.name);
  const id = context.services.newId();
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ createdAt: Date }>(
      `insert into teams (id, organization_id, name) values ($1, $2, $3)
       on conflict (organization_id, name) do nothing returning created_at as "createdAt"`,
      [id, context.organizationId, name],
    );
    if (!rows[0]) throw new DomainError("conflict", `There is a team "${name}" already`);
    await recordEvent(db, context, "team.created", { team_id: id, name });
    return { id, name, members: [], createdAt: rows[0].createdAt };
  });
}
