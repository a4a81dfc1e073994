import { teamName } from "@sayso/fields";
import { onlyRow } from "@sayso/database";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { refuseDuplicate } from "../transactions/refuse-duplicate.ts";
import { recordEvent } from "../events/record-event.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import type { Team } from "./list-teams.ts";
import { readField } from "../read-field.ts";

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
  const name = readField("name", teamName, input.name);
  const id = context.services.newId();
  return inOrganization(context, async (db) => {
    const { rows } = await db
      .query<{ createdAt: Date }>(
        `insert into teams (id, organization_id, name) values ($1, $2, $3) returning created_at as "createdAt"`,
        [id, context.organizationId, name],
      )
      .catch(refuseDuplicate("teams_organization_id_name_key", name));
    await recordEvent(db, context, "team.created", { team_id: id, name });
    return { id, name, members: [], createdAt: onlyRow(rows).createdAt };
  });
}
