import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import type { ProjectPlan } from "./project-plan.ts";

/**
 * Sets a project's plan. Only the operator can do this, at the command line; an admin can't.
 *
 * @param which the connection's id or name
 * @param plan null: the plan of the server's configuration
 * @throws DomainError `forbidden`, `not_found`, `conflict`: several connections have this name
 */
export async function setProjectPlan(
  context: Context<InOrganization & NewIds>,
  which: string,
  plan: ProjectPlan | null,
): Promise<{ id: string; name: string }> {
  const { actor } = context;
  if (actor.kind !== "person" || actor.via !== "command_line")
    throw new DomainError("forbidden", "Only the operator of the server may set a project's plan");
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ id: string; name: string }>(
      `select id, name from connections where (id::text = $1 or name = $1) and deleted_at is null
       order by id limit 2 for no key update`,
      [which],
    );
    const [project, another] = rows;
    if (!project) throw notFound("Project");
    if (another)
      throw new DomainError("conflict", `Several connections are named ${which}; give the id`);
    await db.query("update connections set plan = $2 where id = $1", [project.id, plan]);
    await recordEvent(db, context, "connection.updated", { connection_id: project.id, plan });
    return project;
  });
}
