import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { requireAdmin } from "../actors/require-admin.ts";

/**
 * Deletes a team; its people stay. Refused while something still names it: a pending request that it has to decide, or
 * a template or a flow that would ask it.
 *
 * @throws DomainError `forbidden` (not an admin), `not_found`, `conflict` (the message says what names it)
 */
export async function deleteTeam(
  context: Context<InOrganization & NewIds>,
  teamId: string,
): Promise<void> {
  requireAdmin(context.actor, "delete teams");
  await inOrganization(context, async (db) => {
    const { rows } = await db.query<{ id: string; name: string }>(
      "select id, name from teams where id::text = $1 for update",
      [teamId],
    );
    const [team] = rows;
    if (!team) throw notFound("Team");
    await refuseWhileNamed(db, context, team.id);
    await db.query("delete from teams where id = $1", [team.id]);
    await recordEvent(db, context, "team.deleted", { team_id: team.id, name: team.name });
  });
}

async function refuseWhileNamed(
  db: Transaction,
  { organizationId }: Context,
  teamId: string,
): Promise<void> {
  const { rows } = await db.query<{
    requests: number;
    template: string | null;
    flow: string | null;
  }>(
    `select (select count(*)::int from requests r
             where r.organization_id = $1 and r.status = 'pending' and (r.assigned_team_id = $2 or exists (
               select from steps s where s.request_id = r.id and s.assigned_team_id = $2
                 and s.status in ('waiting', 'active')))) as requests,
            (select name from templates where defaults->>'assignedTeamId' = $2::text order by name limit 1) as template,
            (select f.name from flows f where f.organization_id = $1 and f.status = 'active' and exists (
               select from jsonb_path_query(f.steps::jsonb, '$[*].reviewers[*] ? (@.type == "team")') as reviewer
               where reviewer->>'id' = $2::text) order by f.name limit 1) as flow`,
    [organizationId, teamId],
  );
  const { requests = 0, template = null, flow = null } = rows[0] ?? {};
  if (requests > 0)
    throw new DomainError(
      "conflict",
      `${requests === 1 ? "1 pending request waits" : `${requests} pending requests wait`} for this team; decide or cancel what waits first`,
    );
  if (template !== null)
    throw new DomainError(
      "conflict",
      `The template "${template}" asks this team; give it another one first`,
    );
  if (flow !== null)
    throw new DomainError(
      "conflict",
      `The flow "${flow}" asks this team; give it other reviewers first`,
    );
}
