import { personBehind } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { checkReviewers } from "./check-reviewers.ts";
import type { Flow, FlowStep, ObjectAction, Tag } from "./flow.ts";
import { readFlow } from "./get-flow.ts";

export interface FlowInput {
  workspaceId?: string;
  name: string;
  description: string;
  objectType: string;
  objectAction: ObjectAction;
  tags: Tag[];
  /** The steps: at least one, each with at least one reviewer. */
  steps: FlowStep[];
}

/**
 * Creates a flow. Its owner is the calling person, or the person who answers for the calling connection.
 *
 * @throws DomainError `validation_failed`: a reviewer isn't of this organization; `forbidden`: no person answers for
 *   the caller
 */
export async function createFlow(
  context: Context<InOrganization & NewIds>,
  input: FlowInput,
): Promise<Flow> {
  const { services, organizationId, actor } = context;
  const ownerId = personBehind(actor);
  if (ownerId === null) throw new DomainError("forbidden", "A flow needs a person who owns it");
  const id = services.newId();
  return inOrganization(context, async (db) => {
    await checkReviewers(db, input.steps);
    await db.query(
      `insert into flows (id, organization_id, workspace_id, owner_id, name, description, object_type, object_action, tags, steps)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        organizationId,
        input.workspaceId ?? null,
        ownerId,
        input.name,
        input.description,
        input.objectType,
        input.objectAction,
        JSON.stringify(input.tags),
        JSON.stringify(input.steps),
      ],
    );
    await recordEvent(db, context, "flow.created", { flow_id: id, name: input.name });
    return readFlow(db, organizationId, id);
  });
}
