import { teamName } from "@sayso/fields";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { refuseDuplicate } from "../transactions/refuse-duplicate.ts";
import { recordEvent } from "../events/record-event.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { readField } from "../read-field.ts";

/**
 * Gives a team another name. Its present name is accepted, and changes nothing.
 *
 * @throws DomainError `forbidden` (not an admin), `not_found`, `validation_failed`, `conflict` (the name is taken)
 */
export async function renameTeam(
  context: Context<InOrganization & NewIds>,
  teamId: string,
  name: string,
): Promise<void> {
  requireAdmin(context.actor, "rename teams");
  const wanted = readField("name", teamName, name);
  await inOrganization(context, async (db) => {
    const { rows } = await db.query<{ id: string; name: string }>(
      "select id, name from teams where id::text = $1 for update",
      [teamId],
    );
    const [team] = rows;
    if (!team) throw notFound("Team");
    if (team.name === wanted) return;
    await db
      .query("update teams set name = $2 where id = $1", [team.id, wanted])
      .catch(refuseDuplicate("teams_organization_id_name_key", wanted));
    await recordEvent(db, context, "team.renamed", {
      team_id: team.id,
      name: wanted,
      previous_name: team.name,
    });
  });
}
